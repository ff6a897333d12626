"""The logs of generations that other processes make, as far as they are watched here."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import structlog

from app.chat.generations.feed import Feed
from app.chat.generations.repository import Generations
from app.chat.generations.storing import host_topic
from app.db import DATABASE_ERRORS, EVERY_TENANT, Database, Notifications
from app.kit.deadline import within

log = structlog.get_logger()

_LOOK_SECONDS = 1.0
_READ_SECONDS = 5.0
_AT_ONCE = 200
"""Events of one log in one look."""


class Tail:
    """One query at a time for all that is watched, as soon as a host tells of something new; and
    every second in any case, since word may be lost, and a generation deleted."""

    def __init__(self, database: Database, notifications: Notifications) -> None:
        self._database = database
        self._notifications = notifications
        self._watched: dict[UUID, tuple[Feed, int]] = {}
        self._stale = asyncio.Event()

    @contextmanager
    def watching(self, generation_id: UUID, host_id: UUID, after: int) -> Iterator[Feed]:
        """The feed of a generation that `host_id` makes, for as long as somebody watches."""
        feed, watchers = self._watched.get(generation_id, (Feed(after), 0))
        self._watched[generation_id] = (feed, watchers + 1)
        self._stale.set()
        try:
            with self._notifications.waiting(host_topic(host_id), lambda _: self._stale.set()):
                yield feed
        finally:
            _, watchers = self._watched[generation_id]
            if watchers > 1:
                self._watched[generation_id] = (feed, watchers - 1)
            else:
                del self._watched[generation_id]

    async def run(self) -> None:
        """Looks, until cancelled."""
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        while True:
            await self._heard()
            try:
                await within(_READ_SECONDS, self._look())
                if loop.time() >= next_look:
                    await within(_READ_SECONDS, self._look_for_gone())
                    next_look = loop.time() + _LOOK_SECONDS
            except (*DATABASE_ERRORS, OSError) as error:
                log.warning("generations.tail_away", error=type(error).__name__)
                await asyncio.sleep(_LOOK_SECONDS)

    async def _heard(self) -> None:
        """Returns when there is something new, or it is time to look in any case."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS if self._watched else None):
                await self._stale.wait()
        self._stale.clear()

    async def _look(self) -> None:
        places = {
            generation_id: feed.end
            for generation_id, (feed, _) in self._watched.items()
            if not feed.over
        }
        if not places:
            return
        async with self._database.read(EVERY_TENANT) as unit:
            tails = await Generations(unit).tails(places, _AT_ONCE)
        for generation_id, news in tails.items():
            if len(news) == _AT_ONCE:
                self._stale.set()
            if generation_id in self._watched:
                self._watched[generation_id][0].append(news)

    async def _look_for_gone(self) -> None:
        watched = list(self._watched)
        if not watched:
            return
        async with self._database.read(EVERY_TENANT) as unit:
            existing = await Generations(unit).existing(watched)
        for generation_id in watched:
            if generation_id not in existing and generation_id in self._watched:
                self._watched[generation_id][0].close()
