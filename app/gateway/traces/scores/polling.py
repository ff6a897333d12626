"""Asks Galileo for scores, which come minutes after a trace, and ever less often for a day."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database
from app.gateway.traces.scores.repository import TraceScores
from app.kit.clock import Clock
from app.kit.deadline import within
from app.telemetry import Galileo, GalileoError, ScoreValue

log = structlog.get_logger()

_AWAY = (*DATABASE_ERRORS, OSError)
_TIMEOUT = 10.0
_AT_ONCE = 100


class ScorePolling:
    """Looks every `interval` seconds for traces whose scores are due; the first pause between two
    questions about one is `pause` seconds."""

    def __init__(
        self,
        database: Database,
        galileo: Galileo,
        clock: Clock,
        *,
        interval: float = 1.0,
        pause: float = 2.0,
    ) -> None:
        self._database = database
        self._galileo = galileo
        self._clock = clock
        self._interval = interval
        self._wait = timedelta(seconds=pause)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                while await self.look() == _AT_ONCE:
                    pass
            except _AWAY as error:
                log.warning("scores.not_looked", error=type(error).__name__)
            except GalileoError as error:  # when they are due again was settled with the claim
                log.info("scores.not_told", code=error.trouble)
            await asyncio.sleep(self._interval)

    async def look(self) -> int:
        """Once; returns about how many traces was asked. Raises `GalileoError`."""
        due = await within(_TIMEOUT, self._claim())
        if due:
            told = await self._galileo.scores(due)
            await within(_TIMEOUT, self._store(told))
        return len(due)

    async def _claim(self) -> list[UUID]:
        async with self._database.begin(EVERY_TENANT) as unit:
            return await TraceScores(unit).claim(self._clock(), pause=self._wait, limit=_AT_ONCE)

    async def _store(self, told: Mapping[UUID, Sequence[ScoreValue]]) -> None:
        complete = [trace_id for trace_id, scores in told.items() if self._galileo.scored(scores)]
        async with self._database.begin(EVERY_TENANT) as unit:
            await TraceScores(unit).store([*_rows(told, self._clock())])
            await TraceScores(unit).complete(complete)


def _rows(told: Mapping[UUID, Sequence[ScoreValue]], at: datetime) -> list[dict[str, object]]:
    return [
        {
            "trace_id": trace_id,
            "scorer": score.scorer,
            "status": score.status,
            "value": score.value,
            "explanation": score.explanation,
            "at": at,
        }
        for trace_id, scores in told.items()
        for score in scores
    ]
