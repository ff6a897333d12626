"""Delivers what waits: some at a time, again and again, until it is there or given up.

Any number of processes deliver from one outbox: no two take the same. Who dies with something in
hand leaves it to the others, and what may have arrived already is asked about before it is sent.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database
from app.gateway.traces.delivery.runs import ToldRuns
from app.gateway.traces.delivery.spans import outcome_trace, session_of, turn_trace
from app.gateway.traces.models import Trace
from app.gateway.traces.outbox.repository import Outbox
from app.kit.clock import Clock
from app.kit.deadline import within
from app.telemetry import (
    Delivery,
    Galileo,
    GalileoError,
    SessionValue,
    TraceValue,
    Trouble,
)

log = structlog.get_logger()

_AWAY = (*DATABASE_ERRORS, OSError)
_TIMEOUT = 10.0
_EXPIRED = "expired"
_RUN_GONE = "run_gone"


@dataclass(frozen=True, slots=True)
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


class Deliveries:
    def __init__(
        self,
        database: Database,
        galileo: Galileo,
        runs: ToldRuns,
        clock: Clock,
        *,
        redact_limits: bool,
        options: DeliveryOptions | None = None,
    ) -> None:
        self._database = database
        self._galileo = galileo
        self._runs = runs
        self._clock = clock
        self._redact_limits = redact_limits
        self._options = options or DeliveryOptions()
        self._failures = 0
        self._kept_house: datetime | None = None
        self._waiting = self._delivered = self._failed = self._lost = 0
        self._last_error: str | None = None
        self._last_error_at: datetime | None = None
        self._last_delivery_at: datetime | None = None

    def status(self) -> Delivery:
        return Delivery(
            on=True,
            waiting=self._waiting,
            delivered=self._delivered,
            failed=self._failed,
            lost=self._lost,
            last_error=self._last_error,
            last_error_at=self._last_error_at,
            last_delivery_at=self._last_delivery_at,
            notes=self._galileo.notes,
        )

    async def run(self) -> None:
        """Until cancelled."""
        await self._galileo.load()
        while True:
            try:
                while await self.look() == self._options.batch:
                    pass
            except _AWAY as error:
                log.warning("traces.not_looked", error=type(error).__name__)
            await asyncio.sleep(self._pause())

    async def look(self) -> int:
        """Once; returns how many were taken in hand. While Galileo is away one is enough to see."""
        await within(_TIMEOUT, self._keep_house())
        rows = await within(_TIMEOUT, self._claim(1 if self._failures else self._options.batch))
        sessions: defaultdict[SessionValue, list[Trace]] = defaultdict(list)
        for row in rows:
            sessions[session_of(row)].append(row)
        left = [*rows]
        for session, traces in sessions.items():
            if not await self._deliver(session, traces):
                await within(_TIMEOUT, self._put_off(left))
                break
            left = [row for row in left if row not in traces]
        self._waiting = await within(_TIMEOUT, self._count())
        return len(rows)

    async def _deliver(self, session: SessionValue, rows: Sequence[Trace]) -> bool:
        """False when Galileo is away."""
        try:
            rows = await self._unknown(rows)
            traces = await self._built(rows)
            if traces:
                await self._galileo.deliver(session, traces)
        except GalileoError as error:
            return await self._failed_with(error, session, rows)
        self._failures = 0
        await self._done([row for row in rows if row.id in {trace.id for trace in traces}])
        return True

    async def _failed_with(
        self, error: GalileoError, session: SessionValue, rows: Sequence[Trace]
    ) -> bool:
        self._failed += 1
        self._last_error, self._last_error_at = error.trouble, self._clock()
        if not error.about_traces:
            if not self._failures:
                log.warning("traces.galileo_away", code=error.trouble, error=str(error))
            self._failures += 1
            return False
        if len(rows) == 1:
            log.error("traces.refused", id=str(rows[0].id), code=error.trouble)
            await self._lose(rows, error.trouble)
            return True
        return all([await self._deliver(session, [row]) for row in rows])

    async def _unknown(self, rows: Sequence[Trace]) -> Sequence[Trace]:
        """Those that Galileo doesn't have from an earlier try."""
        again = [row.id for row in rows if row.attempts > 1]
        there = await self._galileo.known(again) if again else set()
        if there:
            await self._done([row for row in rows if row.id in there])
        return [row for row in rows if row.id not in there]

    async def _built(self, rows: Sequence[Trace]) -> list[TraceValue]:
        built = [await self._value(row) for row in rows]
        gone = [row for row, value in zip(rows, built, strict=True) if value is None]
        if gone:
            await self._lose(gone, _RUN_GONE)
        return [value for value in built if value is not None]

    async def _value(self, row: Trace) -> TraceValue | None:
        if row.kind == "turn":
            return await asyncio.to_thread(_turn_value, row)
        if row.run_id is None:
            return None
        run = await self._runs.told(row.tenant_id, row.run_id)
        if run is None:
            return None
        async with self._database.begin(row.tenant_id) as unit:
            await Outbox(unit).name_messages(row.run_id, run.messages)
        return outcome_trace(row, run, redact_limits=self._redact_limits)

    async def _claim(self, limit: int) -> Sequence[Trace]:
        lease = timedelta(seconds=self._options.lease)
        async with self._database.begin(EVERY_TENANT) as unit:
            return await Outbox(unit).claim(self._clock(), lease=lease, limit=limit)

    async def _done(self, rows: Sequence[Trace]) -> None:
        now = self._clock()
        scored = self._galileo.scores_anything
        after = timedelta(seconds=self._options.scores_after)
        async with self._database.begin(EVERY_TENANT) as unit:
            ids = [row.id for row in rows]
            await Outbox(unit).delivered(ids, now, scores_at=now + after if scored else None)
        self._delivered += len(rows)
        if rows:
            self._last_delivery_at = now

    async def _lose(self, rows: Sequence[Trace], why: str) -> None:
        async with self._database.begin(EVERY_TENANT) as unit:
            await Outbox(unit).lost([row.id for row in rows], why)
        self._lost += len(rows)

    async def _put_off(self, rows: Sequence[Trace]) -> None:
        """Until the next look; those that waited too long are given up."""
        now = self._clock()
        oldest = now - timedelta(seconds=self._options.patience)
        expired = [row for row in rows if row.created_at < oldest]
        if expired:
            log.error("traces.given_up", count=len(expired))
            await self._lose(expired, _EXPIRED)
        waiting = [row.id for row in rows if row.created_at >= oldest]
        until = now + timedelta(seconds=self._pause())
        async with self._database.begin(EVERY_TENANT) as unit:
            await Outbox(unit).put_off(waiting, until, self._last_error or "")

    async def _keep_house(self) -> None:
        """Bounds what waits, and deletes what was told long ago."""
        now, options = self._clock(), self._options
        every = timedelta(seconds=options.housekeeping)
        if self._kept_house is not None and now < self._kept_house + every:
            return
        self._kept_house = now
        async with self._database.begin(EVERY_TENANT) as unit:
            lost = await Outbox(unit).lose_oldest(options.most)
            await Outbox(unit).expire(now - timedelta(seconds=options.kept))
        if lost:
            self._lost += lost
            log.error("traces.backlog_full", lost=lost)

    async def _count(self) -> int:
        async with self._database.read(EVERY_TENANT) as unit:
            return await Outbox(unit).waiting()

    def _pause(self) -> float:
        options = self._options
        return min(options.longest_pause, options.interval * 2.0 ** min(self._failures, 16))


def _turn_value(row: Trace) -> TraceValue:
    try:
        return turn_trace(row)
    except (KeyError, TypeError, ValueError, IndexError) as error:  # of another version
        why = f"a trace in the outbox can't be read: {type(error).__name__}"
        raise GalileoError(Trouble.NOT_BUILT, why) from None
