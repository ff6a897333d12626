"""How long a voice may be silent."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Patience:
    """`first` seconds pass from the first text to the first sound at most, `idle` from any other
    text to the next sound, and between sounds once all the text is there. While nothing is due,
    silence may last: the text is still being made."""

    def __init__(self, *, first: float, idle: float) -> None:
        self._seconds = first
        self._idle = idle
        self._all_asked = False
        self._due: float | None = None
        self._limit: asyncio.Timeout | None = None

    def asked(self, *, last: bool = False) -> None:
        """There is something to be heard; with `last` all that will ever be."""
        self._all_asked = self._all_asked or last
        if self._due is None:
            self._due = self._from_now(self._seconds)
            if self._limit is not None:
                self._limit.reschedule(self._due)

    def heard(self) -> None:
        self._seconds = self._idle
        self._due = self._from_now(self._idle) if self._all_asked else None

    async def on(self, work: Awaitable[T]) -> T:
        """What `work` returns or raises. Raises `TimeoutError` when what is due doesn't come."""
        try:
            async with asyncio.timeout_at(self._due) as self._limit:
                return await work
        finally:
            self._limit = None

    @staticmethod
    def _from_now(seconds: float) -> float:
        return asyncio.get_running_loop().time() + seconds
