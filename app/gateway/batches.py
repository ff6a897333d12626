"""Writes what comes by the dozen in batches: taken at once, counted where it must be dropped."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Generic, TypeVar

import structlog
from sqlalchemy import exc

from app.kit.deadline import within
from app.kit.frozen import frozen

T = TypeVar("T")

_FLUSH_PAUSE = 0.1
_AWAY = (exc.DBAPIError, exc.TimeoutError, OSError)
"""What the way to the database may raise. The built-in time-out is an `OSError`."""
_REFUSED = (exc.DataError, exc.IntegrityError, TypeError)
"""What the rows themselves may raise, now or ever; the last where they have no JSON form."""


@frozen
class WriterOptions:
    """Times in seconds. `bound` is how many entries may wait, those being written included.

    An entry is written `interval` after it came, with whatever else came by then, `batch` at a
    time. While the database is away the pauses double, up to `longest_pause`.
    """

    bound: int = 20_000
    batch: int = 500
    interval: float = 0.25
    longest_pause: float = 5.0
    write_timeout: float = 10.0


class BatchWriter(Generic[T]):
    """A queue before the database. `insert` stores a batch, and one that is stored twice the same
    as once; `name` is the queue's in the log, `identify` names an entry there.

    An entry leaves the queue when it is in the database: so whatever fails or is cancelled on the
    way, the next try makes good.
    """

    def __init__(
        self,
        name: str,
        insert: Callable[[Sequence[T]], Awaitable[None]],
        identify: Callable[[T], str],
        options: WriterOptions,
    ) -> None:
        self._log = structlog.get_logger().bind(queue=name)
        self._insert = insert
        self._identify = identify
        self._options = options
        self._queue: deque[T] = deque()
        self._arrived = asyncio.Event()
        self._hurried = asyncio.Event()
        self._progress = asyncio.Condition()
        self._writing = asyncio.Lock()
        self._size = self._options.batch
        self._taken = 0
        self._failures = 0
        self._dropping = False
        self._closed = False
        self.written = 0
        """How many entries are in the database."""
        self.lost = 0
        """How many were dropped: too many waited, the database can't hold them, or they still
        waited when the writer was closed."""

    @property
    def queued(self) -> int:
        return len(self._queue)

    def add(self, entry: T) -> bool:
        """False when it was dropped."""
        if self._closed or len(self._queue) >= self._options.bound:
            self.drop()
            return False
        self._queue.append(entry)
        self._arrived.set()
        return True

    def drop(self) -> None:
        """Counts an entry that nobody can take."""
        self.lost += 1
        if not self._dropping:
            self._log.error("queue.dropping", queued=self.queued, lost=self.lost)
        self._dropping = True

    def wake(self) -> None:
        """Has `run` write what waits at once."""
        self._hurried.set()

    async def run(self) -> None:
        """Writes what comes, until cancelled."""
        while True:
            await self._arrived.wait()
            await self._rest()
            await self._write()

    async def flush(self, seconds: float) -> bool:
        """Writes all that waits; False when `seconds` weren't enough."""
        with suppress(TimeoutError):
            await within(seconds, self._write_all())
        return not self._queue

    async def hurry(self, seconds: float = 2.0) -> bool:
        """Has `run` write now what waits, and is back when that is done, or after `seconds`: who
        asks next finds what was before. False when nothing waited.

        Cuts no write short, and doesn't wait for a database that is away.
        """
        if not self._queue or self._failures:
            return False
        goal = self._taken + len(self._queue)
        self._hurried.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._progress:
                await self._progress.wait_for(lambda: self._taken >= goal)
        return True

    async def aclose(self, seconds: float = 3.0) -> None:
        """Flushes, and drops what couldn't be written. `run` is to be cancelled before."""
        await self.flush(seconds)
        self._closed = True
        if self._queue:
            self.lost += len(self._queue)
            self._log.error("queue.closed_with_losses", count=len(self._queue), lost=self.lost)
            self._queue.clear()

    async def _write_all(self) -> None:
        while self._queue:
            await self._write()
            if self._queue:
                await asyncio.sleep(_FLUSH_PAUSE)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause()):
                await self._hurried.wait()
        self._hurried.clear()

    async def _write(self) -> None:
        """What waits now; what comes meanwhile waits for the next time, or for a whole batch."""
        async with self._writing:
            while self._queue and await self._write_batch():
                if len(self._queue) < self._size:
                    break
            if not self._queue:
                self._arrived.clear()
        async with self._progress:
            self._progress.notify_all()

    async def _write_batch(self) -> bool:
        """False when the database is away."""
        batch = list(islice(self._queue, self._size))
        try:
            await within(self._options.write_timeout, self._insert(batch))
        except _REFUSED as error:
            self._narrow(batch, error)
            return True
        except _AWAY as error:
            self._wait(error)
            return False
        self._take(len(batch))
        self.written += len(batch)
        return True

    def _take(self, count: int) -> None:
        for _ in range(count):
            self._queue.popleft()
        self._taken += count
        if self._failures:
            self._log.info("queue.database_back", queued=len(self._queue))
        self._failures = 0
        self._dropping = False
        self._size = min(self._options.batch, 2 * self._size)

    def _wait(self, error: Exception) -> None:
        if not self._failures:
            away = type(error).__name__
            self._log.warning("queue.database_away", error=away, queued=self.queued)
        self._failures += 1

    def _narrow(self, batch: list[T], error: Exception) -> None:
        """Halves the batches until the entry at fault stands alone, and drops that."""
        if len(batch) > 1:
            self._size = len(batch) // 2
            return
        self.lost += 1
        refused = self._identify(batch[0])
        self._log.error("queue.refused", id=refused, error=type(error).__name__)
        self._take(1)

    def _pause(self) -> float:
        options = self._options
        return min(options.longest_pause, options.interval * 2.0 ** min(self._failures, 16))
