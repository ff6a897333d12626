"""What of a generation's log may be shown: only what is stored. Readers keep their own place in it,
so a slow one costs nothing."""

import asyncio
from collections.abc import Sequence

from app.chat.events import ChatEvent, frame, terminal
from app.kit.frozen import frozen

_KEPT = 16
"""Events that are held at least; who lags further behind reads the table."""


@frozen
class Numbered:
    """An event and its place in the log, which is its id on the wire."""

    seq: int
    event: ChatEvent

    @property
    def frame(self) -> bytes:
        return frame(self.seq, self.event)


class Feed:
    """The end of one log in memory, from after the place `start` on."""

    def __init__(self, start: int = 0) -> None:
        self._start = start
        self._tail: list[Numbered] = []
        self._waiting: list[asyncio.Future[None]] = []
        self.over = False
        """Nothing will be added any more."""

    @property
    def end(self) -> int:
        """The last place."""
        return self._start + len(self._tail)

    def append(self, news: Sequence[Numbered]) -> None:
        """Adds what follows the last place; what is there already is passed over."""
        fresh = [numbered for numbered in news if numbered.seq > self.end]
        if not fresh:
            return
        self._tail += fresh
        self.over = self.over or terminal(fresh[-1].event)
        if len(self._tail) > 2 * _KEPT:
            self._start += len(self._tail) - _KEPT
            del self._tail[:-_KEPT]
        self._ring()

    def close(self) -> None:
        """Nothing more is coming, whatever the log ended with."""
        self.over = True
        self._ring()

    def after(self, seq: int) -> list[Numbered] | None:
        """What follows `seq`; None where that lies further back than what is held."""
        if seq < self._start:
            return None
        return self._tail[seq - self._start :]

    async def grown(self) -> None:
        """Returns at the next change."""
        if self.over:
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _ring(self) -> None:
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
