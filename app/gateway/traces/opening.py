"""Puts the parts of tracing together, and owns what they do in the background."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from app.db import Database
from app.gateway.batches import WriterOptions
from app.gateway.traces.delivery.backlog import Backlog, DeliveryOptions
from app.gateway.traces.delivery.runs import ToldRuns
from app.gateway.traces.delivery.service import Deliveries
from app.gateway.traces.outbox.sampling import Sampling
from app.gateway.traces.outbox.service import Endings, TraceOutbox
from app.gateway.traces.scores.polling import ScorePolling
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.kit.owned import owned
from app.telemetry import OFF, Delivery, Galileo, GalileoOptions

_FLUSH_SECONDS = 1.0


@frozen
class TraceOptions:
    """As in the settings `GALILEO_…`; without `galileo` nothing is traced. Times in seconds:
    `settle` is how long a turn may still grow before it is told."""

    galileo: GalileoOptions | None
    sample_rate: float = 1.0
    redact_limits: bool = True
    settle: float = 1.0
    delivery: DeliveryOptions | None = None
    writer: WriterOptions | None = None


class Tracing:
    """What is joined to calls (`outbox`) and to the ends of runs (`endings`): neither where Galileo
    is off."""

    def __init__(
        self,
        outbox: TraceOutbox | None = None,
        endings: Endings | None = None,
        deliveries: Deliveries | None = None,
    ) -> None:
        self.outbox = outbox
        self.endings = endings
        self._deliveries = deliveries

    def status(self) -> Delivery:
        """With what waits, or was lost, before it was in the outbox."""
        if self.outbox is None or self._deliveries is None:
            return OFF
        status = self._deliveries.status()
        return replace(
            status,
            waiting=status.waiting + self.outbox.queued,
            lost=status.lost + self.outbox.lost,
        )


@asynccontextmanager
async def open_tracing(
    options: TraceOptions, *, database: Database, runs: ToldRuns, clock: Clock
) -> AsyncIterator[Tracing]:
    if options.galileo is None:
        yield Tracing()
        return
    async with AsyncExitStack() as stack:
        galileo = Galileo(options.galileo)
        stack.push_async_callback(galileo.aclose)
        sampling = Sampling(options.sample_rate)
        outbox = TraceOutbox(
            database,
            sampling,
            clock,
            redact_limits=options.redact_limits,
            settle=options.settle,
            options=options.writer,
        )
        stack.push_async_callback(outbox.aclose, _FLUSH_SECONDS)
        await stack.enter_async_context(owned("traces", outbox.run))
        delivery = options.delivery or DeliveryOptions()
        deliveries = Deliveries(
            Backlog(database, clock, delivery),
            galileo,
            runs,
            clock,
            redact_limits=options.redact_limits,
            options=delivery,
        )
        await stack.enter_async_context(owned("deliveries", deliveries.run))
        polling = ScorePolling(database, galileo, clock)
        if galileo.scores_anything:
            await stack.enter_async_context(owned("scores", polling.run))
        yield Tracing(outbox, Endings(sampling, clock, settle=options.settle), deliveries)
