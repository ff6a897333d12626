"""Delivers what waits: some at a time, again and again, until it is there or given up.

Any number of processes deliver from one outbox: no two take the same. Who dies with something in
hand leaves it to the others, and what may have arrived already is asked about before it is sent.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import structlog

from app.db import DATABASE_ERRORS
from app.gateway.traces.delivery.backlog import Backlog, DeliveryOptions
from app.gateway.traces.delivery.outcomes import outcome_trace
from app.gateway.traces.delivery.runs import ToldRuns
from app.gateway.traces.delivery.turns import session_of, turn_trace
from app.gateway.traces.models import Trace
from app.kit.clock import Clock
from app.kit.deadline import within
from app.telemetry import Delivery, Galileo, GalileoError, SessionValue, TraceValue

log = structlog.get_logger()

_AWAY = (*DATABASE_ERRORS, OSError)
_TIMEOUT = 10.0
_RUN_GONE = "run_gone"


class Deliveries:
    def __init__(
        self,
        backlog: Backlog,
        galileo: Galileo,
        runs: ToldRuns,
        clock: Clock,
        *,
        redact_limits: bool,
        options: DeliveryOptions,
    ) -> None:
        self._backlog = backlog
        self._galileo = galileo
        self._runs = runs
        self._clock = clock
        self._redact_limits = redact_limits
        self._options = options
        self._failures = 0
        self._failed = 0
        self._last_error: str | None = None
        self._last_error_at: datetime | None = None

    def status(self) -> Delivery:
        return Delivery(
            on=True,
            waiting=self._backlog.waiting,
            delivered=self._backlog.delivered,
            failed=self._failed,
            lost=self._backlog.lost,
            last_error=self._last_error,
            last_error_at=self._last_error_at,
            last_delivery_at=self._backlog.last_delivery_at,
            notes=self._galileo.notes,
        )

    async def run(self) -> None:
        """Until cancelled."""
        try:
            await self._galileo.begin()
        except GalileoError as error:
            self._note(error)
        while True:
            try:
                while await self.look() == self._options.batch:
                    pass
            except _AWAY as error:
                log.warning("traces.not_looked", error=type(error).__name__)
            await asyncio.sleep(self._pause())

    async def look(self) -> int:
        """Once; returns how many were taken in hand. While Galileo is away one is enough to see."""
        await within(_TIMEOUT, self._backlog.keep_house())
        limit = 1 if self._failures else self._options.batch
        rows = await within(_TIMEOUT, self._backlog.claim(limit))
        await self._deliver_all(rows)
        await within(_TIMEOUT, self._backlog.count())
        return len(rows)

    async def _deliver_all(self, rows: Sequence[Trace]) -> None:
        """Session by session; what is left when Galileo goes away waits for the next look."""
        sessions: defaultdict[SessionValue, list[Trace]] = defaultdict(list)
        for row in rows:
            sessions[session_of(row)].append(row)
        while sessions:
            session = next(iter(sessions))
            if not await self._deliver(session, sessions[session]):
                left = [row for traces in sessions.values() for row in traces]
                put_off = self._backlog.put_off(left, self._pause(), self._last_error or "")
                await within(_TIMEOUT, put_off)
                return
            del sessions[session]

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
        told = {trace.id for trace in traces}
        await self._done([row for row in rows if row.id in told])
        return True

    async def _failed_with(
        self, error: GalileoError, session: SessionValue, rows: Sequence[Trace]
    ) -> bool:
        """Of several that are refused together each is tried alone: the fault is one's."""
        self._note(error)
        if not error.about_traces:
            return False
        if len(rows) > 1:
            return all([await self._deliver(session, [row]) for row in rows])
        await self._backlog.lose(rows, error.trouble)
        return True

    def _note(self, error: GalileoError) -> None:
        self._failed += 1
        self._last_error, self._last_error_at = error.trouble, self._clock()
        if error.about_traces:
            return
        if not self._failures:
            log.warning("traces.galileo_away", code=error.trouble, error=str(error))
        self._failures += 1

    async def _unknown(self, rows: Sequence[Trace]) -> Sequence[Trace]:
        """Those that Galileo doesn't have from an earlier try."""
        again = [row.id for row in rows if row.attempts > 1]
        there = await self._galileo.known(again) if again else set()
        await self._done([row for row in rows if row.id in there])
        return [row for row in rows if row.id not in there]

    async def _built(self, rows: Sequence[Trace]) -> list[TraceValue]:
        built = [await self._value(row) for row in rows]
        gone = [row for row, value in zip(rows, built, strict=True) if value is None]
        await self._backlog.lose(gone, _RUN_GONE)
        return [value for value in built if value is not None]

    async def _value(self, row: Trace) -> TraceValue | None:
        if row.kind == "turn":
            return await asyncio.to_thread(turn_trace, row)
        run = await self._runs.told(row.tenant_id, row.run_id) if row.run_id else None
        if run is None:
            return None
        await self._backlog.name_messages(row, run)
        return outcome_trace(row, run, redact_limits=self._redact_limits)

    async def _done(self, rows: Sequence[Trace]) -> None:
        await self._backlog.done(rows, scored=self._galileo.scores_anything)

    def _pause(self) -> float:
        options = self._options
        return min(options.longest_pause, options.interval * 2.0 ** min(self._failures, 16))
