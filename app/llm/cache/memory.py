"""The answers used last, as many as fit into so many bytes."""

from collections import OrderedDict

from app.kit.clock import Clock
from app.llm.cache.recording import Recording

_FRACTION = 16


class RecentAnswers:
    """Least recently used go first, and those that have expired when they are met.

    An answer above `largest` bytes isn't kept: one of those would push out many.
    """

    def __init__(self, capacity: int, clock: Clock) -> None:
        self.largest = capacity // _FRACTION
        self.size = 0
        self._capacity = capacity
        self._clock = clock
        self._recordings: OrderedDict[str, Recording] = OrderedDict()

    def __len__(self) -> int:
        return len(self._recordings)

    def get(self, key: str) -> Recording | None:
        recording = self._recordings.get(key)
        if recording is None:
            return None
        if recording.expires_at <= self._clock():
            self._drop(key)
            return None
        self._recordings.move_to_end(key)
        return recording

    def put(self, key: str, recording: Recording) -> None:
        if key in self._recordings:
            self._drop(key)
        if recording.size > self.largest:
            return
        self._recordings[key] = recording
        self.size += recording.size
        while self.size > self._capacity:
            self._drop(next(iter(self._recordings)))

    def _drop(self, key: str) -> None:
        self.size -= self._recordings.pop(key).size
