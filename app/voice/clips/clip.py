"""Finished speech that was found."""

from collections.abc import AsyncGenerator

from app.kit.deadline import within
from app.kit.frozen import frozen
from app.voice.clips.store import ClipStore
from app.voice.utterance import Sound

_PIECE = 64 * 1024
_READ_SECONDS = 10.0


@frozen
class Clip:
    """Finished speech that is there, `size` in bytes of the file. Of timed speech, `sounds` has
    it all."""

    key: str
    size: int
    store: ClipStore
    sounds: tuple[Sound, ...] | None = None

    async def read(self, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes]:
        """From byte `start` up to `end`, which isn't in. Raises `ClipLost`, `StorageAway` and
        `TimeoutError`."""
        stop = self.size if end is None else end
        for at in range(start, stop, _PIECE):
            piece = self.store.read(self.key, at, min(stop, at + _PIECE))
            yield await within(_READ_SECONDS, piece)
