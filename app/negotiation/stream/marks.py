"""The delivered-up-to marks: how far a room's events have been sent to anybody."""

import asyncio
from contextlib import suppress
from uuid import UUID

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database
from app.kit.deadline import within
from app.negotiation.repository import Market

log = structlog.get_logger()

_PAUSE_SECONDS = 0.05
_RETRY_SECONDS = 1.0
_LAST_SECONDS = 1.0


class DeliveryMarks:
    """Kept in memory at once and in the database soon after: however many watch a room, its mark
    is written a few times a second at most."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks: dict[UUID, int] = {}
        self._moved = asyncio.Event()

    def move(self, room_id: UUID, seq: int) -> None:
        if seq > self.known(room_id):
            self._marks[room_id] = seq
            self._moved.set()

    def known(self, room_id: UUID) -> int:
        """The mark as far as it isn't in the database yet; 0 when there is nothing newer."""
        return self._marks.get(room_id, 0)

    async def run(self) -> None:
        """Writes marks until cancelled."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            try:
                await self.flush()
                await asyncio.sleep(_PAUSE_SECONDS)
            except DATABASE_ERRORS as error:
                log.warning("marks.database_away", error=type(error).__name__)
                self._moved.set()
                await asyncio.sleep(_RETRY_SECONDS)

    async def aclose(self) -> None:
        """Writes what is left, unless the database is away."""
        with suppress(*DATABASE_ERRORS, TimeoutError):
            await within(_LAST_SECONDS, self.flush())

    async def flush(self) -> None:
        marks = dict(self._marks)
        if not marks:
            return
        async with self._database.statement(EVERY_TENANT) as unit:
            await Market(unit).mark_delivered(marks)
        for room_id, mark in marks.items():
            if self._marks.get(room_id) == mark:
                del self._marks[room_id]
