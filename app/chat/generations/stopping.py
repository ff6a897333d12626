"""Asks the host that makes an answer to stop it, and hears what this host is asked."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from uuid import UUID

import structlog

from app.chat.generations.log import GenerationLog
from app.chat.generations.models import Generation
from app.chat.generations.repository import Generations
from app.chat.generations.tail import Tail
from app.db import DATABASE_ERRORS, EVERY_TENANT, Database, Notifications
from app.kit.clock import Clock
from app.kit.deadline import within

log = structlog.get_logger()

_STOP_SECONDS = 2.0
_READ_SECONDS = 5.0

Here = Mapping[UUID, GenerationLog]


def stop_topic(host_id: UUID) -> str:
    return f"stops:{host_id}"


def _silence_topic(generation_id: UUID) -> str:
    return f"silence:{generation_id}"


class Stops:
    """What is asked stands in the generation's row, in case the word of it is lost: then it is
    found at the next look, after `interval` seconds at most."""

    def __init__(
        self,
        database: Database,
        notifications: Notifications,
        clock: Clock,
        host_id: UUID,
        *,
        here: Here,
        tail: Tail,
        interval: float,
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._clock = clock
        self._host_id = host_id
        self._here = here
        self._tail = tail
        self._interval = interval
        self._asked = asyncio.Event()

    async def run(self) -> None:
        """Stops what other processes ask to be stopped, until cancelled."""
        with self._notifications.waiting(stop_topic(self._host_id), lambda _: self._asked.set()):
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._interval):
                        await self._asked.wait()
                self._asked.clear()
                try:
                    await within(_READ_SECONDS, self._stop_asked())
                except (*DATABASE_ERRORS, OSError) as error:
                    log.warning("stops.database_away", error=type(error).__name__)

    async def _stop_asked(self) -> None:
        if not self._here:
            return
        async with self._database.read(EVERY_TENANT) as unit:
            asked = await Generations(unit).stops_asked(self._host_id)
        for generation_id in asked:
            if generation_id in self._here:
                self._here[generation_id].stop()

    async def stop_here(self, running: GenerationLog) -> None:
        """Returns when it has ended, or hasn't in two seconds."""
        running.stop()
        await asyncio.wait({running.finished}, timeout=_STOP_SECONDS)

    async def stop_there(self, row: Generation) -> None:
        """The same of a generation that another process makes."""
        async with self._database.statement(row.tenant_id) as unit:
            generations = Generations(unit)
            place = await generations.last_place(row.id)
            notice = self._notifications.notice(unit, stop_topic(row.host_id), 0)
            await generations.ask_stop(row.id, self._clock(), notice)
        with (
            self._tail.watching(row.id, row.host_id, place) as feed,
            suppress(TimeoutError),
        ):
            async with asyncio.timeout(_STOP_SECONDS):
                while not feed.over:
                    await feed.grown()

    async def tell(self, tenant_id: str, generation_id: UUID) -> None:
        """Tells whoever reads this generation out, in any process, that it is to be stopped."""
        async with self._database.statement(tenant_id) as unit:
            await self._notifications.publish(unit, _silence_topic(generation_id), 0)

    @contextmanager
    def told(self, generation_id: UUID, stop: Callable[[], None]) -> Iterator[None]:
        """Has `stop` called when that is told, while the block runs. Word of it may be lost with
        the connection to the database."""

        def waiter(position: int | None) -> None:
            if position is not None:
                stop()

        with self._notifications.waiting(_silence_topic(generation_id), waiter):
            yield
