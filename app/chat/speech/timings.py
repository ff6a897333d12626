"""Notes how long the parts of spoken turns take, without being in the way of any."""

import asyncio
from collections import deque
from contextlib import suppress
from itertools import islice
from typing import get_args
from uuid import UUID

import structlog
from sqlalchemy import exc

from app.chat.speech.repository import Noted, Part, TimingRows
from app.db import DATABASE_ERRORS, EVERY_TENANT, Database
from app.kit.clock import Clock
from app.kit.deadline import within

log = structlog.get_logger()

PARTS: tuple[Part, ...] = get_args(Part)

_MOST_MS = 24 * 60 * 60 * 1000
_BATCH = 500
_PAUSE_SECONDS = 0.25
_RETRY_SECONDS = 1.0
_WRITE_SECONDS = 10.0
_LAST_SECONDS = 1.0


class Timings:
    """Kept in memory at once and in the database soon after. At most `bound` wait; what comes on
    top of that, while the database is away for long, is dropped and counted."""

    def __init__(self, database: Database, clock: Clock, *, bound: int = 10_000) -> None:
        self._database = database
        self._clock = clock
        self._bound = bound
        self._waiting: deque[Noted] = deque()
        self._arrived = asyncio.Event()
        self.lost = 0
        """How many were dropped."""

    def note(
        self, tenant_id: str, part: Part, ms: float, generation_id: UUID | None = None
    ) -> None:
        """Takes `ms`, milliseconds, of one part of one turn: doesn't block, and doesn't fail but
        for a `ValueError` where `part` is none, or `ms` no time between 0 and a day."""
        if part not in PARTS:
            raise ValueError(f"part should be one of {', '.join(PARTS)}; it is {part!a}")
        if not 0 <= ms <= _MOST_MS:
            raise ValueError(f"ms should be 0 to {_MOST_MS}; it is {ms}")
        if len(self._waiting) >= self._bound:
            self.lost += 1
            return
        self._waiting.append(Noted(tenant_id, generation_id, part, round(ms), self._clock()))
        self._arrived.set()

    async def run(self) -> None:
        """Writes what comes, until cancelled."""
        while True:
            await self._arrived.wait()
            await asyncio.sleep(_PAUSE_SECONDS)
            try:
                await self.flush()
            except (*DATABASE_ERRORS, TimeoutError) as error:
                log.warning("timings.database_away", error=type(error).__name__, lost=self.lost)
                await asyncio.sleep(_RETRY_SECONDS)

    async def aclose(self) -> None:
        """Writes what is left, unless the database is away."""
        with suppress(*DATABASE_ERRORS, TimeoutError):
            await within(_LAST_SECONDS, self.flush())

    async def flush(self) -> None:
        """Writes all that waits. What the database can't hold is dropped."""
        while self._waiting:
            batch = list(islice(self._waiting, _BATCH))
            try:
                await within(_WRITE_SECONDS, self._write(batch))
            except (exc.IntegrityError, exc.DataError):
                self.lost += len(batch)
                log.exception("timings.refused", count=len(batch))
            for _ in batch:
                self._waiting.popleft()
        self._arrived.clear()

    async def _write(self, batch: list[Noted]) -> None:
        async with self._database.statement(EVERY_TENANT) as unit:
            await TimingRows(unit).add(batch)
