"""When the logs of this process are written: those of one moment together."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import structlog

from app.chat.events import Broke
from app.chat.generations.log import GenerationLog, ends
from app.chat.generations.storing import AWAY, Store
from app.kit.deadline import within

log = structlog.get_logger()

_BEHIND_SECONDS = 0.1
"""Text is written at the latest so long after it came, as long as the database keeps up."""
_PAUSE_SECONDS = 0.01
_RETRY_SECONDS = 0.25
_ENDS_IN_ONE = 8
_ENDING_AT_ONCE = 2
_UNAVAILABLE = Broke(
    error_code="DATABASE_UNAVAILABLE",
    message="the answer couldn't be stored for a while, and was broken off; what was stored is "
    "kept, and a new answer is made on request",
    retryable=True,
)


class GroupWriter:
    """A write takes all that waits, and the next begins a little later, the longer the more there
    was to do: so one answer is written token by token, and a thousand of them ten times a second,
    in a statement.

    Ends take longer, since jobs and titles hang on them: they are written beside, some at a time,
    so that a crowd of them holds up nobody's words.

    After `patience` seconds without a database, answers are broken off.
    """

    def __init__(self, store: Store, *, patience: float = 5.0) -> None:
        self._store = store
        self._patience = patience
        self._wanting: dict[GenerationLog, None] = {}
        self._ending: dict[GenerationLog, None] = {}
        self._finishing: set[GenerationLog] = set()
        self._arrived = asyncio.Event()
        self._hurried = asyncio.Event()
        self._ended = asyncio.Event()
        self._writing = asyncio.Lock()
        self._pause = _PAUSE_SECONDS
        self._away_since: float | None = None

    def wants(self, log: GenerationLog, *, hurry: bool = False) -> None:
        self._wanting[log] = None
        self._arrived.set()
        if hurry:
            self._hurried.set()

    async def run(self) -> None:
        """Writes what comes, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write_words(), name="generations.words")
            for _ in range(_ENDING_AT_ONCE):
                group.create_task(self._write_ends(), name="generations.ends")

    async def flush(self, seconds: float) -> bool:
        """Writes all that waits; False when `seconds` weren't enough."""
        with suppress(TimeoutError):
            await within(seconds, self._write_all())
        return not (self._wanting or self._ending)

    async def _write_words(self) -> None:
        while True:
            await self._arrived.wait()
            await self._write()
            await self._rest()

    async def _write_ends(self) -> None:
        while True:
            await self._ended.wait()
            if not await self._end_some():
                self._ended.clear()
            if self._away_since is not None:
                await asyncio.sleep(_RETRY_SECONDS)

    async def _write_all(self) -> None:
        while self._wanting or self._ending:
            await self._write()
            await self._end_some()
            if self._away_since is not None:
                await asyncio.sleep(_RETRY_SECONDS)

    async def _rest(self) -> None:
        if self._away_since is not None:
            await asyncio.sleep(_RETRY_SECONDS)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._hurried.wait()

    async def _write(self) -> None:
        async with self._writing:
            self._arrived.clear()
            self._hurried.clear()
            wanting, self._wanting = self._wanting, {}
            going_on = [log for log in wanting if not self._has_ended(log) and log.take()]
            began = asyncio.get_running_loop().time()
            try:
                await self._store.write(going_on)
                self._came_back()
            except AWAY as error:
                self._is_away(error, began)
            finally:
                self._want_again(going_on)
            took = asyncio.get_running_loop().time() - began
            self._pause = max(_PAUSE_SECONDS, min(3 * took, _BEHIND_SECONDS - took))

    def _has_ended(self, log: GenerationLog) -> bool:
        """Whether its next write is its end, which isn't for us. One that is being written may want
        more meanwhile: that is asked for again afterwards."""
        if log in self._finishing:
            return True
        if ends(log.take()):
            self._ending[log] = None
            self._ended.set()
            return True
        return False

    async def _end_some(self) -> bool:
        """False when there are none."""
        some = self._next_ends()
        if not some:
            return False
        self._finishing.update(some)
        began = asyncio.get_running_loop().time()
        try:
            await self._store.end(some)
            self._came_back()
        except AWAY as error:
            self._is_away(error, began)
        finally:
            self._finishing.difference_update(some)
            self._want_again(some)
        return True

    def _next_ends(self) -> list[GenerationLog]:
        """Some of one tenant."""
        some: list[GenerationLog] = []
        for log in self._ending:
            if len(some) == _ENDS_IN_ONE:
                break
            if not some or log.tenant_id == some[0].tenant_id:
                some.append(log)
        for log in some:
            del self._ending[log]
        return some

    def _want_again(self, logs: Iterable[GenerationLog]) -> None:
        for each in logs:
            if each.take():
                self.wants(each)
        if self._away_since is not None and self._lasted() > self._patience:
            for each in tuple(self._wanting):
                each.halt(_UNAVAILABLE)

    def _is_away(self, error: Exception, since: float) -> None:
        if self._away_since is None:
            self._away_since = since
            log.warning("generations.database_away", error=type(error).__name__)

    def _came_back(self) -> None:
        if self._away_since is not None:
            log.info("generations.database_back", seconds=round(self._lasted(), 1))
            self._away_since = None

    def _lasted(self) -> float:
        if self._away_since is None:
            return 0.0
        return asyncio.get_running_loop().time() - self._away_since
