"""Answers kept for requests that come again: in memory, and behind that in a store."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from app.kit.clock import Clock, utc_now
from app.llm.cache.memory import RecentAnswers
from app.llm.cache.recording import Recording, complete
from app.llm.events import ModelEvent
from app.llm.layers.single_flight import SingleFlight

_MEGABYTE = 1024 * 1024


class CacheStore(Protocol):
    """Keeps recordings beyond the life of a process, and for others. Neither method raises, nor
    takes more than a moment: a store that is away knows nothing."""

    async def get(self, tenant_id: str, key: str) -> Recording | None: ...

    def put(self, tenant_id: str, key: str, recording: Recording) -> None:
        """Takes it at once, to be written later if at all."""
        ...


class NullStore:
    """Remembers nothing."""

    async def get(self, tenant_id: str, key: str) -> Recording | None:  # noqa: ARG002  # the protocol's
        return None

    def put(self, tenant_id: str, key: str, recording: Recording) -> None:
        pass


class AnswerCache:
    """`ttl` is how many seconds an answer may be used, `capacity` how many bytes of memory all of
    them together take. `flights` are the calls under way whose answers are wanted here."""

    def __init__(
        self,
        *,
        ttl: float = 3600,
        capacity: int = 64 * _MEGABYTE,
        store: CacheStore | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._ttl = timedelta(seconds=ttl)
        self._store = store or NullStore()
        self._clock = clock
        self._recent = RecentAnswers(capacity, clock)
        self.flights = SingleFlight(self._recent.largest)

    def recent(self, key: str) -> Recording | None:
        return self._recent.get(key)

    async def stored(self, tenant_id: str, key: str) -> Recording | None:
        """What the store has; from now on it is in memory, too."""
        recording = await self._store.get(tenant_id, key)
        if recording is None or recording.expires_at <= self._clock():
            return None
        self._recent.put(key, recording)
        return recording

    def keep(self, tenant_id: str, key: str, events: Sequence[ModelEvent]) -> None:
        """Keeps an answer, if it is a complete one and not too large."""
        if not complete(events):
            return
        recording = Recording.of(events, self._clock() + self._ttl)
        if recording.size <= self._recent.largest:
            self._recent.put(key, recording)
            self._store.put(tenant_id, key, recording)

    async def aclose(self) -> None:
        await self.flights.aclose()
