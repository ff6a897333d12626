"""Reading a log from any place on, wherever it is made."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import ExitStack
from uuid import UUID

import structlog

from app.chat.errors import GenerationNotFound
from app.chat.events import Said, terminal
from app.chat.generations.feed import Feed, Numbered
from app.chat.generations.hosts import Hosts
from app.chat.generations.log import GenerationLog
from app.chat.generations.models import Generation
from app.chat.generations.repository import FoldedText, Generations
from app.chat.generations.tail import Tail
from app.db import DATABASE_ERRORS, Database

log = structlog.get_logger()

_PAGE = 500
_RETRY_SECONDS = 1.0
News = Sequence[Numbered]


class Readers:
    def __init__(
        self, database: Database, hosts: Hosts, tail: Tail, here: Mapping[UUID, GenerationLog]
    ) -> None:
        self._database = database
        self._hosts = hosts
        self._tail = tail
        self._here = here

    def local(self, tenant_id: str, generation_id: UUID) -> GenerationLog | None:
        running = self._here.get(generation_id)
        return running if running is not None and running.tenant_id == tenant_id else None

    async def row(self, tenant_id: str, generation_id: UUID) -> Generation:
        """Raises `GenerationNotFound`."""
        async with self._database.read(tenant_id) as unit:
            row = await Generations(unit).get(generation_id)
        if row is None:
            raise GenerationNotFound(generation_id)
        return row

    async def follow(self, tenant_id: str, generation_id: UUID, after: int) -> AsyncGenerator[News]:
        running = self.local(tenant_id, generation_id)
        with ExitStack() as watching:
            feed = None
            if running is not None:
                feed = running.feed
            else:
                row = await self.row(tenant_id, generation_id)
                if row.ended_at is None:
                    await self._hosts.alive(row)  # or it is ended now, and so are we
                    watched = self._tail.watching(generation_id, row.host_id, after)
                    feed = watching.enter_context(watched)
            place = after
            while True:
                news, over = await self._next(tenant_id, generation_id, feed, place)
                if news:
                    yield news
                    place = news[-1].seq
                if over or (news and terminal(news[-1].event)):
                    return

    async def _next(
        self, tenant_id: str, generation_id: UUID, feed: Feed | None, place: int
    ) -> tuple[News, bool]:
        """What follows `place`, and whether that is all there will be. Waits for it."""
        while feed is not None:
            over = feed.over
            news = feed.after(place)
            if news is None:
                break
            if news or over:
                return news, over
            await feed.grown()
        stored = await self._stored(tenant_id, generation_id, place)
        return stored, not stored

    async def _stored(self, tenant_id: str, generation_id: UUID, place: int) -> News:
        """A database that is away for a while is silence, not the end."""
        while True:
            try:
                async with self._database.read(tenant_id) as unit:
                    generations = Generations(unit)
                    news = await generations.events(generation_id, place, _PAGE)
                    if not news or news[-1].seq == place + len(news):
                        return news
                    said = await generations.text_of(generation_id)
                    if said.lengths is None:  # folded before they were kept: told anew
                        news, place = await generations.events(generation_id, 0, _PAGE), 0
                    return _folded(news, said, place)
            except (*DATABASE_ERRORS, OSError) as error:
                log.warning("generation.database_away", error=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)


def _folded(kept: News, said: FoldedText, after: int) -> News:
    """Of a log whose middle is gone: exactly the rest of its text, in one piece. That has the last
    place before the end, so that who has it has all."""
    had = said.lengths[after - 1] if after and said.lengths else 0
    rest = said.text[had:]
    if not kept or not rest:
        return kept
    *start, end = kept
    return [*start, Numbered(end.seq - 1, Said(rest)), end]
