"""What waits in the outbox, as whoever delivers it sees it: taken in hand, done with, bounded."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from app.db import EVERY_TENANT, Database
from app.gateway.traces.delivery.runs import ToldRun
from app.gateway.traces.models import Trace
from app.gateway.traces.outbox.repository import Outbox
from app.kit.clock import Clock
from app.kit.frozen import frozen

log = structlog.get_logger()


@frozen
class DeliveryOptions:
    """Times in seconds. While Galileo is away the pauses between looks double, up to the longest.

    `lease` is after what time somebody else takes over. `most` traces wait at once, none longer
    than `patience`; what was told is kept for `kept`, with its scores.
    """

    interval: float = 1.0
    longest_pause: float = 60.0
    batch: int = 20
    lease: float = 180.0
    most: int = 50_000
    patience: float = 3 * 86_400
    kept: float = 30 * 86_400
    scores_after: float = 2.0
    housekeeping: float = 60.0


class Backlog:
    """Of all processes; `delivered` and `lost` count what this one did, `waiting` is as it was at
    the last look. Every method may raise what a database raises that is away."""

    def __init__(self, database: Database, clock: Clock, options: DeliveryOptions) -> None:
        self._database = database
        self._clock = clock
        self._options = options
        self._kept_house: datetime | None = None
        self.waiting = 0
        self.delivered = 0
        self.lost = 0
        self.last_delivery_at: datetime | None = None

    async def claim(self, limit: int) -> Sequence[Trace]:
        lease = timedelta(seconds=self._options.lease)
        async with self._database.begin(EVERY_TENANT) as unit:
            return await Outbox(unit).claim(self._clock(), lease=lease, limit=limit)

    async def done(self, rows: Sequence[Trace], *, scored: bool) -> None:
        """They are there; `scored` says whether scores of them are to come."""
        if not rows:
            return
        now = self._clock()
        after = now + timedelta(seconds=self._options.scores_after)
        async with self._database.begin(EVERY_TENANT) as unit:
            ids = [row.id for row in rows]
            await Outbox(unit).delivered(ids, now, scores_at=after if scored else None)
        self.delivered += len(rows)
        self.last_delivery_at = now

    async def lose(self, rows: Sequence[Trace], why: str) -> None:
        if not rows:
            return
        log.error("traces.lost", ids=[str(row.id) for row in rows], code=why)
        async with self._database.begin(EVERY_TENANT) as unit:
            await Outbox(unit).lost([row.id for row in rows], why)
        self.lost += len(rows)

    async def put_off(self, rows: Sequence[Trace], seconds: float, why: str) -> None:
        until = self._clock() + timedelta(seconds=seconds)
        async with self._database.begin(EVERY_TENANT) as unit:
            await Outbox(unit).put_off([row.id for row in rows], until, why)

    async def name_messages(self, row: Trace, run: ToldRun) -> None:
        async with self._database.begin(row.tenant_id) as unit:
            if row.run_id is not None:
                await Outbox(unit).name_messages(row.run_id, run.messages)

    async def count(self) -> None:
        async with self._database.read(EVERY_TENANT) as unit:
            self.waiting = await Outbox(unit).waiting()

    async def keep_house(self) -> None:
        """Now and then: bounds what waits, and deletes what was told long ago."""
        now, options = self._clock(), self._options
        every = timedelta(seconds=options.housekeeping)
        if self._kept_house is not None and now < self._kept_house + every:
            return
        self._kept_house = now
        async with self._database.begin(EVERY_TENANT) as unit:
            outbox = Outbox(unit)
            lost = await outbox.lose_oldest(options.most)
            lost += await outbox.lose_before(now - timedelta(seconds=options.patience))
            await outbox.expire(now - timedelta(seconds=options.kept))
        if lost:
            self.lost += lost
            log.error("traces.given_up", count=lost)
