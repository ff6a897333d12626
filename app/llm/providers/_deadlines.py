"""The time-outs of one attempt, as moments on the event loop's clock."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from app.llm.providers._failures import Failures
from app.llm.timeouts import Timeouts

T = TypeVar("T")

_TRAILER = 1.0


class Deadlines:
    """Started with the attempt. `heard` is for tokens alone, so comments win nobody time."""

    def __init__(self, timeouts: Timeouts, failures: Failures) -> None:
        self._timeouts = timeouts
        self._failures = failures
        self._clock = asyncio.get_running_loop().time
        now = self._clock()
        self._end = now + timeouts.total
        self._next = now + timeouts.first_token
        self._what = ("said nothing", timeouts.first_token)

    def heard(self) -> None:
        self._next = self._clock() + self._timeouts.idle
        self._what = ("fell silent in mid-answer: nothing more came", self._timeouts.idle)

    def closing(self) -> None:
        """All was said: the token count may still follow, and isn't waited for long."""
        self._next = min(self._next, self._clock() + _TRAILER)

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Raises `ModelTimeout` when the next token, or the end of it all, is overdue."""
        try:
            async with asyncio.timeout_at(min(self._next, self._end)):
                return await awaitable
        except TimeoutError as error:
            what = self._what
            if self._end <= self._next:
                what = ("wasn't done", self._timeouts.total)
            raise self._failures.timeout(*what) from error
