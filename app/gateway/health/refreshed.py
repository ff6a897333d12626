"""A value that is asked for often, takes a while to find out, and may be a few seconds old."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Generic, TypeVar

T = TypeVar("T")

_MOMENT_SECONDS = 0.05


class Refreshed(Generic[T]):
    """Answers from memory. What is older than `kept` seconds is found out again in the background,
    by one task however many ask. `find` has to end by itself, and not to raise.
    """

    def __init__(
        self,
        find: Callable[[], Awaitable[T]],
        *,
        first: T,
        kept: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find = find
        self._value = first
        self._kept = kept
        self._clock = clock
        self._found_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    def peek(self) -> T:
        """The last value, at once."""
        self._refresh()
        return self._value

    async def get(self, patience: float = _MOMENT_SECONDS) -> T:
        """The last value. While it is being found out again, `patience` seconds are spent on
        waiting for the new one: what is near answers by then, what hangs doesn't hold us up."""
        self._refresh()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=patience)
        return self._value

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _refresh(self) -> None:
        if self._task is None and self._clock() - self._found_at >= self._kept:
            # In a context of its own: it belongs to none of those who ask.
            self._task = asyncio.create_task(self._find_out(), context=Context())

    async def _find_out(self) -> None:
        try:
            self._value = await self._find()
        finally:
            self._found_at = self._clock()
            self._task = None
