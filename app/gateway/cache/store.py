"""The core's `CacheStore` on PostgreSQL: never in the way of a call, whatever the database does."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy import exc

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database
from app.gateway.cache.repository import Answers
from app.kit.clock import Clock, utc_now
from app.kit.deadline import within
from app.kit.frozen import frozen
from app.llm import Recording

log = structlog.get_logger()

_AWAY = (*DATABASE_ERRORS, OSError)
"""What the way to the database may raise. The built-in time-out is an `OSError`."""
_REFUSED = (exc.DataError, exc.IntegrityError, ValueError, TypeError)
"""What a recording may raise by itself: text that isn't UTF-8, a tenant that is gone."""
_UNREADABLE = (ValueError, TypeError, KeyError)


@frozen
class StoreOptions:
    """Times in seconds. A read takes `patience` at most; after a failure the database isn't asked
    for `pause`. At most `bound` bytes wait to be written; what comes on top isn't kept here."""

    patience: float = 0.25
    pause: float = 5.0
    write_timeout: float = 10.0
    bound: int = 32 * 1024 * 1024


class AnswerStore:
    """Reads at once, writes later. What is lost is asked of a model again: nothing waits for it."""

    def __init__(
        self,
        database: Database,
        options: StoreOptions | None = None,
        *,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._options = options or StoreOptions()
        self._clock = clock
        self._monotonic = monotonic
        self._away_until = float("-inf")
        self._queue: deque[tuple[str, str, Recording]] = deque()
        self._arrived = asyncio.Event()
        self.queued_bytes = 0
        """Of what waits to be written."""
        self.dropped = 0
        """How many recordings were not written: too many waited, or the database refused them."""

    async def get(self, tenant_id: str, key: str) -> Recording | None:
        """None where there is none, or no telling within the time."""
        if self._monotonic() < self._away_until:
            return None
        try:
            found = await within(self._options.patience, self._find(tenant_id, key))
            return None if found is None else Recording.loads(*found)
        except _AWAY as error:
            self._away_until = self._monotonic() + self._options.pause
            log.warning("cache.database_away", error=type(error).__name__)
        except _UNREADABLE as error:
            log.warning("cache.unreadable", key=key, error=type(error).__name__)
        return None

    def put(self, tenant_id: str, key: str, recording: Recording) -> None:
        if self.queued_bytes + recording.size > self._options.bound:
            self.dropped += 1
            return
        self._queue.append((tenant_id, key, recording))
        self.queued_bytes += recording.size
        self._arrived.set()

    async def run(self) -> None:
        """Writes what comes, until cancelled."""
        while True:
            await self._arrived.wait()
            if not await self.flush():
                await asyncio.sleep(self._options.pause)

    async def flush(self) -> bool:
        """Writes what waits; False when the database is away."""
        while self._queue:
            if not await self._write(*self._queue[0]):
                return False
            _, _, written = self._queue.popleft()
            self.queued_bytes -= written.size
        self._arrived.clear()
        return True

    async def aclose(self, seconds: float = 0.5) -> None:
        """Writes what can be written by then. `run` is to be cancelled before."""
        with suppress(TimeoutError):
            await within(seconds, self.flush())

    async def expire(self) -> None:
        """Removes what may no longer be used, of every tenant."""
        count = 0
        while removed := await self._delete_expired():
            count += removed
        log.info("cache.expired", count=count)

    async def _find(self, tenant_id: str, key: str) -> tuple[bytes, datetime] | None:
        async with self._database.read(tenant_id) as unit:
            return await Answers(unit).find(key, self._clock())

    async def _write(self, tenant_id: str, key: str, recording: Recording) -> bool:
        """False when the database is away."""
        if recording.expires_at <= self._clock():
            return True
        try:
            await within(self._options.write_timeout, self._put(tenant_id, key, recording))
        except _REFUSED as error:
            self.dropped += 1
            log.warning("cache.refused", key=key, error=type(error).__name__)
        except _AWAY as error:
            log.warning("cache.database_away", error=type(error).__name__)
            return False
        return True

    async def _put(self, tenant_id: str, key: str, recording: Recording) -> None:
        async with self._database.begin(tenant_id) as unit:
            await Answers(unit).put(key, recording)

    async def _delete_expired(self) -> int:
        async with self._database.begin(EVERY_TENANT) as unit:
            return await Answers(unit).delete_expired(self._clock())
