"""Notes how long the parts of spoken turns take, without being in the way of any."""

import asyncio
from collections import deque
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import get_args
from uuid import UUID

import structlog
from sqlalchemy import exc

from app.chat.speech.repository import Noted, Part, Talk, TimingRows
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
_TALKING = timedelta(minutes=10)


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

    async def first_sound(self, tenant_id: str, generation_id: UUID) -> None:
        """Notes how long a spoken turn took from the end of what was heard to this moment, the
        first sound of its answer. Not of one that was typed, was heard before, or is heard later
        by somebody who reads in it."""
        with suppress(*DATABASE_ERRORS, TimeoutError):
            async with self._database.read(tenant_id) as unit:
                found = TimingRows(unit).talk(tenant_id, generation_id)
                talk = await within(_LAST_SECONDS, found)
            self._note_end_to_end(tenant_id, generation_id, talk)

    def _note_end_to_end(self, tenant_id: str, generation_id: UUID, talk: Talk | None) -> None:
        waiting = {
            each.part: each.ms for each in self._waiting if each.generation_id == generation_id
        }
        if talk is None or talk.noted or "end_to_end" in waiting:
            return
        heard = talk.heard_ms if talk.heard_ms is not None else waiting.get("speech_to_text")
        since = self._clock() - talk.started_at
        if heard is not None and since < _TALKING:
            took = heard + max(0.0, since.total_seconds() * 1000)
            self.note(tenant_id, "end_to_end", took, generation_id)

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
