"""The logs of generations: begun here, read from anywhere, stopped from anywhere."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from app.chat.errors import GenerationActive
from app.chat.events import Broke, Started
from app.chat.generations.feed import Numbered
from app.chat.generations.hosts import Hosts
from app.chat.generations.log import Ended, GenerationLog, Opened
from app.chat.generations.models import Generation
from app.chat.generations.reading import Readers
from app.chat.generations.repository import Generations
from app.chat.generations.stopping import Stops
from app.chat.generations.writer import GroupWriter
from app.db import Database, UnitOfWork
from app.kit.clock import Clock
from app.kit.ids import new_id
from app.web import ServerClosing

_GRACE_SECONDS = 1.0
_LAST_SECONDS = 2.0


class GenerationLogs:
    """`here` are those that are made in this process, by id."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        here: dict[UUID, GenerationLog],
        hosts: Hosts,
        readers: Readers,
        stops: Stops,
        writer: GroupWriter,
    ) -> None:
        self._database = database
        self._clock = clock
        self._here = here
        self._hosts = hosts
        self._readers = readers
        self._stops = stops
        self._writer = writer

    async def ensure_idle(self, tenant_id: str, conversation_id: UUID) -> None:
        """Raises `GenerationActive` when an answer is being made in the conversation. One that a
        dead process left is ended by that."""
        async with self._database.read(tenant_id) as unit:
            row = await Generations(unit).running(conversation_id)
        if row is not None and await self._hosts.alive(row):
            raise GenerationActive(conversation_id, row.id)

    async def open(
        self,
        unit: UnitOfWork,
        *,
        conversation_id: UUID,
        message_id: UUID,
        model: str | None,
        generation_id: UUID | None = None,
        ended: Ended | None = None,
    ) -> GenerationLog:
        """Begins a generation in the transaction `unit`; once that is committed, it may be read.
        `message_id` is a message of the conversation, stored in `unit` or before.

        `ended` is called in the transaction that ends it; not where another process ends it.
        Raises `GenerationActive` when the conversation has one that runs.
        """
        started = Started(conversation_id, generation_id or new_id(), message_id, model)
        now = self._clock()
        generations = Generations(unit)
        if not await generations.add(started, self._hosts.id, now):
            running = await generations.running(conversation_id)
            raise GenerationActive(conversation_id, running.id if running else "…")
        log = GenerationLog(
            Opened(unit.tenant_id, started, now), self._writer, self._clock, ended=ended
        )
        unit.after_commit(lambda: self._keep(log))
        return log

    async def get(self, tenant_id: str, generation_id: UUID) -> Generation:
        """The row as it stands. Raises `GenerationNotFound`."""
        return await self._readers.row(tenant_id, generation_id)

    async def find(self, tenant_id: str, generation_id: UUID) -> None:
        """Raises `GenerationNotFound`. To be asked before a stream's head is sent."""
        if self._readers.local(tenant_id, generation_id) is None:
            await self._readers.row(tenant_id, generation_id)

    async def running(self, tenant_id: str, conversation_id: UUID) -> UUID | None:
        """The id of the generation that answers in this conversation now."""
        async with self._database.read(tenant_id) as unit:
            row = await Generations(unit).running(conversation_id)
        return row.id if row is not None and await self._hosts.alive(row) else None

    def follow(
        self, tenant_id: str, generation_id: UUID, after: int = 0
    ) -> AsyncGenerator[Sequence[Numbered]]:
        """The events after the place `after`, as they come, up to the last one. Of a log that was
        folded: its start, its text in one piece, its end; of the text only what was said after
        that place. Raises `GenerationNotFound`."""
        return self._readers.follow(tenant_id, generation_id, after)

    async def stop(self, tenant_id: str, generation_id: UUID) -> Generation:
        """Has a generation end, wherever it is made, and returns how it stands then: still
        `running` if its end takes more than two seconds. One that has ended stays as it is.

        Raises `GenerationNotFound`.
        """
        running = self._readers.local(tenant_id, generation_id)
        row = None if running else await self.get(tenant_id, generation_id)
        await self._stops.tell(tenant_id, generation_id)
        if running is not None:
            await self._stops.stop_here(running)
        elif row is not None and row.ended_at is None and await self._hosts.alive(row):
            await self._stops.stop_there(row)
        return await self.get(tenant_id, generation_id)

    def stopping(
        self, generation_id: UUID, stop: Callable[[], None]
    ) -> AbstractContextManager[None]:
        """Has `stop` called, while the block runs, when somebody stops this generation, also after
        its end: then it is whoever reads it out who is meant."""
        return self._stops.told(generation_id, stop)

    async def drain(self) -> None:
        """At shutdown: what is made here has a moment to end by itself; then it is broken off, and
        says so."""
        await self._finished(_GRACE_SECONDS)
        error = ServerClosing()
        for log in tuple(self._here.values()):
            log.halt(Broke(error.code, error.message, error.retryable))
        await self._finished(_LAST_SECONDS)

    async def _finished(self, seconds: float) -> None:
        waiting = {log.finished for log in self._here.values()}
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)

    def _keep(self, log: GenerationLog) -> None:
        self._here[log.generation_id] = log
        log.finished.add_done_callback(lambda _: self._here.pop(log.generation_id, None))
