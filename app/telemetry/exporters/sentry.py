"""Errors and timings, to Sentry. The SDK is only imported where a DSN is set."""

import time
from collections.abc import Callable, Sequence

from app.kit.spans import Span
from app.kit.trace import TraceContext
from app.telemetry.exporters._sentry_events import Event, problem, timing
from app.telemetry.exporters.courier import Courier, CourierOptions
from app.telemetry.exporters.status import Delivery
from app.telemetry.options import SentryOptions
from app.telemetry.reports import Report
from app.telemetry.spans import within_share
from app.telemetry.throttle import Throttle

_COURIER = CourierOptions(bound=200)
_MOST_OPEN = 10_000
_MOST_CHILDREN = 100
_BUGS_A_MINUTE = 10
_OUTAGES_A_MINUTE = 1


class Sentry:
    """Takes reports, and is a sink of spans. `start` it first, `close` it last.

    The same bug is reported ten times a minute at most, and of something that is away once: how
    many were held back stands in the next one. While Sentry is away, timings take half of the
    room that there is, so that errors find some.
    """

    on = True

    def __init__(
        self,
        options: SentryOptions,
        courier: CourierOptions = _COURIER,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        from app.telemetry.exporters._sentry_client import SentryClient  # noqa: PLC0415  # the SDK

        self._share = options.share
        self._client = SentryClient(
            options.dsn.get_secret_value(),
            release=options.release,
            environment=options.environment,
            share=options.share,
        )
        self._room = courier.bound // 2
        self._courier = Courier("sentry", self._deliver, courier)
        self._throttle = Throttle(monotonic)
        self._open: dict[str, list[Span]] = {}

    def start(self) -> None:
        self._courier.start()

    def close(self, seconds: float) -> None:
        """Blocks that long at most; what waits then is lost."""
        self._courier.close(seconds)
        self._client.close()

    def status(self) -> Delivery:
        return self._courier.status()

    def report(self, report: Report) -> None:
        kind = report.code or (report.name, type(report.error).__qualname__)
        most = _BUGS_A_MINUTE if report.code is None else _OUTAGES_A_MINUTE
        if (suppressed := self._throttle.pass_on(kind, most)) is None:
            return
        error = report.error if report.code is None else None
        exceptions = self._client.exceptions_of(error) if error is not None else []
        self._courier.take(lambda: problem(report, exceptions, suppressed))

    def begin(self, trace: TraceContext) -> bool:
        if not self.wants(trace):
            return False
        if len(self._open) < _MOST_OPEN:
            self._open[trace.span_id] = []
        return True

    def wants(self, trace: TraceContext) -> bool:
        """A caller may say that its trace isn't kept, and not that it is: it would cost us."""
        return trace.sampled and within_share(trace.trace_id, self._share)

    def end(self, span: Span) -> None:
        """What ends after the request that it is part of stands for itself."""
        if not self.wants(span.trace):
            return
        if span.root:
            self._time(span, self._open.pop(span.trace.span_id, ()))
        elif (siblings := self._open.get(span.parent_id or "")) is None:
            self._time(span, ())
        elif len(siblings) < _MOST_CHILDREN:
            siblings.append(span)
        else:
            self._courier.lose(1)

    def _time(self, root: Span, children: Sequence[Span]) -> None:
        if self._courier.waiting < self._room:
            self._courier.take(lambda: timing(root, children))
        else:
            self._courier.lose(1)

    def _deliver(self, batch: Sequence[Callable[[], Event]]) -> None:
        for make in batch:
            self._client.send(make())
