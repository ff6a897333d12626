"""A process that makes answers, and its look at the others."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog

from app.chat.errors import GenerationLost
from app.chat.events import Broke, Finished
from app.chat.generations.hosts.repository import HostRows
from app.chat.generations.log import Ending, Entry, Last
from app.chat.generations.models import Generation
from app.chat.generations.repository import Generations, Left, Overtaken
from app.chat.generations.storing import host_topic
from app.db import DATABASE_ERRORS, EVERY_TENANT, Database, Notifications
from app.kit.clock import Clock
from app.kit.deadline import within

log = structlog.get_logger()

_PATIENCE_SECONDS = 5.0
_AT_ONCE = 100
_FORGOTTEN_AFTER = timedelta(hours=1)


class Hosts:
    """This process's own row, and a look at the others'. A host that was silent for `stalled_after`
    is dead: whoever notices ends its generations, of which what was said is kept."""

    def __init__(
        self,
        database: Database,
        notifications: Notifications,
        clock: Clock,
        host_id: UUID,
        *,
        here: Callable[[], Collection[UUID]],
        interval: float,
        stalled_after: float,
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._clock = clock
        self._here = here
        self._interval = interval
        self._stalled_after = timedelta(seconds=stalled_after)
        self.id = host_id

    async def run(self) -> None:
        """Gives signs of life and ends what is lost, until cancelled."""
        while True:
            await asyncio.sleep(self._interval)
            try:
                await within(_PATIENCE_SECONDS, self.beat())
                await within(_PATIENCE_SECONDS, self.sweep())
            except (*DATABASE_ERRORS, OSError) as error:
                log.warning("hosts.database_away", error=type(error).__name__)

    async def beat(self) -> None:
        async with self._database.statement(EVERY_TENANT) as unit:
            await HostRows(unit).beat(self.id)

    async def leave(self) -> None:
        async with self._database.statement(EVERY_TENANT) as unit:
            await HostRows(unit).leave(self.id)

    async def sweep(self) -> None:
        """Ends what nobody makes any more: where a host is dead, or this one never got to hear that
        a generation of its own was begun."""
        while True:
            async with self._database.read(EVERY_TENANT) as unit:
                lost = await HostRows(unit).lost(
                    self.id,
                    self._here(),
                    before=self._clock() - self._stalled_after,
                    stalled_after=self._stalled_after,
                    limit=_AT_ONCE,
                )
            if not lost or not await self.close(lost):
                break
        async with self._database.statement(EVERY_TENANT) as unit:
            await HostRows(unit).forget(_FORGOTTEN_AFTER)

    async def alive(self, row: Generation) -> bool:
        """Whether somebody still makes this answer; if not, it is ended now."""
        if row.host_id == self.id:
            return True
        async with self._database.read(EVERY_TENANT) as unit:
            if await HostRows(unit).alive(row.host_id, self._stalled_after):
                return True
        await self.close([row.id])
        return False

    async def close(self, generation_ids: Sequence[UUID]) -> int:
        """Ends generations in their hosts' place, except where one has ended, and none where a host
        lives after all: then the next look tells. Returns how many."""
        with suppress(Overtaken):
            return await self._close(generation_ids)
        return 0

    async def _close(self, generation_ids: Sequence[UUID]) -> int:
        now = self._clock()
        async with self._database.begin(EVERY_TENANT) as unit:
            generations = Generations(unit)
            left = await generations.lock(generation_ids)
            await generations.append_for_others(
                {each.generation_id: Entry(each.place + 1, _last(each), now) for each in left}
            )
            await generations.close({each.generation_id: Ending() for each in left})
            for host_id in {each.host_id for each in left}:
                notice = self._notifications.notice(unit, host_topic(host_id), len(left))
                await generations.notify(notice)
        if left:
            log.warning("generations.lost", count=len(left))
        return len(left)


def _last(left: Left) -> Last:
    if left.stop_asked:
        return Finished(message_id=left.message_id, finish_reason="stopped")
    error = GenerationLost()
    return Broke(error_code=error.code, message=error.message, retryable=error.retryable)
