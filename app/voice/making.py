"""Speech while it is made: whoever wants the same hears the same, from its start."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager

from app.voice.errors import VoiceUnavailable
from app.voice.utterance import Sound
from app.web import Signal


class Making:
    """One maker, any number of listeners, who come and go. When the last one has gone before the
    end, `abandon` is called.

    Listeners are never waited for: the whole speech is in memory until it is kept, and it is no
    longer than the longest text.
    """

    def __init__(self) -> None:
        self.sounds: list[Sound] = []
        self.over = False
        self.abandon: Callable[[], object] = lambda: None
        self._error: Exception | None = None
        self._listeners = 0
        self._news = Signal()

    @property
    def joinable(self) -> bool:
        """Whether all of it may still be heard, or was."""
        return self._error is None

    def add(self, sound: Sound) -> None:
        self.sounds.append(sound)
        self._news.ring()

    def end(self, error: Exception | None = None) -> None:
        """The first end counts."""
        if not self.over:
            self.over, self._error = True, error
            self._news.ring()

    @contextmanager
    def listening(self) -> Iterator[None]:
        self._listeners += 1
        try:
            yield
        finally:
            self._listeners -= 1
            if not (self._listeners or self.over):
                self.end(VoiceUnavailable("wasn't heard to the end"))  # who comes now begins anew
                self.abandon()

    async def begun(self) -> None:
        """Returns with the first sound; raises what ended it before there was one."""
        while not (self.sounds or self.over):
            await asyncio.shield(self._news.turn())
        if not self.sounds and self._error is not None:
            raise self._error

    async def heard(self) -> AsyncGenerator[Sound]:
        """From the first sound on. Raises what ended it early."""
        at = 0
        while True:
            turn = self._news.turn()
            while at < len(self.sounds):
                yield self.sounds[at]
                at += 1
            if self.over and at == len(self.sounds):
                break
            if not self.over:
                await asyncio.shield(turn)
        if self._error is not None:
            raise self._error
