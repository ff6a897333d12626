"""Keeps in memory what stands in tables and is looked up on every call."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import ClassVar

import structlog

from app.db import DATABASE_ERRORS, Database, Notifications, UnitOfWork
from app.kit.clock import Clock

log = structlog.get_logger()

_PAUSE = 1.0


class Feed(ABC):
    """The newest, in every process: whoever changes the tables announces it on `topic`.

    `look_again` is seconds after which it is loaded without a word, too; None for never.
    """

    topic: ClassVar[str]
    look_again: ClassVar[float | None] = None

    def __init__(self, database: Database, notifications: Notifications, clock: Clock) -> None:
        self._database = database
        self._notifications = notifications
        self._clock = clock
        self._loading = asyncio.Lock()

    @abstractmethod
    async def load(self) -> None:
        """Raises when the database is away."""

    async def refresh(self) -> None:
        """What is done after every change."""
        await self.load()

    async def announce(self, unit: UnitOfWork) -> None:
        """Has every process load anew once `unit` is committed."""
        await self._notifications.publish(unit, self.topic, int(self._clock().timestamp()))

    async def run(self) -> None:
        """Refreshes after every change, until cancelled."""
        changed = asyncio.Event()
        with self._notifications.waiting(self.topic, lambda _: changed.set()):
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.look_again):
                        await changed.wait()
                changed.clear()
                try:
                    await self.refresh()
                except DATABASE_ERRORS as error:
                    log.warning(f"{self.topic}.not_loaded", error=type(error).__name__)  # noqa: G004  # an event's name
                    changed.set()
                    await asyncio.sleep(_PAUSE)
