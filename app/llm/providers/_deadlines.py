"""The time-outs of one attempt, as moments on the event loop's clock."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from app.llm.errors import ModelTimeout
from app.llm.providers._aiohttp import aiohttp
from app.llm.providers._failures import Failures
from app.llm.providers._transport import hang_up
from app.llm.timeouts import Timeouts

T = TypeVar("T")

_TRAILER = 1.0


class Deadlines:
    """Started with the attempt. `first` is how many seconds may pass until the first token; `heard`
    is for tokens alone, so comments win nobody time.

    An answer has too many chunks for a timer each: one watches over the whole attempt, and looks
    when the time would be up whether it really is.
    """

    def __init__(self, timeouts: Timeouts, failures: Failures, first: float | None = None) -> None:
        self._timeouts = timeouts
        self._failures = failures
        self._loop = asyncio.get_running_loop()
        self._now = self._loop.time
        now = self._now()
        self._end = now + timeouts.total
        self._since = now
        self._limit = timeouts.first_token if first is None else first
        self._what = "said nothing"
        self._begun = self._said = False
        self._waiting: asyncio.Task[Any] | None = None
        self._response: aiohttp.ClientResponse | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.paused = False
        """Set while the caller has the word: a slow reader is no silence of the model's."""

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Raises `ModelTimeout` when the first token, or the end of it all, is overdue. As in
        `asyncio.timeout`, whoever else cancels the task in the meantime has the last word."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be told that its time is up")
        cancelled = task.cancelling()
        self._waiting = task
        if self._timer is None:
            self._arm()
        try:
            result = await awaitable
        except BaseException as error:
            self.stop()
            ours = self._cut_short and task.uncancel() <= cancelled
            if ours and isinstance(error, asyncio.CancelledError):
                raise self._overdue() from error
            raise
        else:
            if self._cut_short:  # and yet it came
                task.uncancel()
            return result
        finally:
            self._waiting = None

    def prolong(self, first: float) -> None:
        """The first token may take `first` seconds, and the whole answer as much longer. Does
        nothing once it came."""
        if not self._begun and first > self._limit:
            self._end += first - self._limit
            self._limit = first

    async def read(self, response: aiohttp.ClientResponse, limit: int) -> bytes:
        """The whole body, or the first `limit` bytes and a little more. Hangs up on the rest.

        Raises `ModelTimeout` and what is in `TRANSPORT_ERRORS`.
        """
        body = bytearray()
        try:
            while len(body) < limit and (data := await self.wait(response.content.readany())):
                body += data
        finally:
            self.stop()
            hang_up(response)
        return bytes(body)

    def watch(self, response: aiohttp.ClientResponse) -> None:
        """From here on, reading from `response.content` raises `ModelTimeout` when it is time."""
        self._response = response
        if self._timer is None:
            self._arm()

    def heard(self) -> None:
        self.paused = False
        self._since = self._now()
        if not self._begun:
            self._begun = True
            self._what = "fell silent in mid-answer: nothing more came"
            self._change(self._timeouts.idle)

    def closing(self) -> None:
        """All was said: the token count may still follow, and isn't waited for long."""
        if not self._said:
            self._said = True
            self._since = self._now()
            self._change(min(self._limit, _TRAILER))

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _change(self, limit: float) -> None:
        """Only a shorter limit needs the timer moved: it is looked at again when a timer is up."""
        self._limit, longer = limit, limit >= self._limit
        if self._timer is not None and not longer:
            self._timer.cancel()
            self._arm()

    def _arm(self) -> None:
        self._timer = self._loop.call_at(self._due, self._look)

    @property
    def _due(self) -> float:
        return min(self._since + self._limit, self._end)

    @property
    def _cut_short(self) -> bool:
        return self._waiting is None

    def _look(self) -> None:
        now = self._now()
        if self.paused:
            self._since = now
        if now < self._due:
            self._arm()
            return
        self._timer = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        elif self._response is not None:
            self._response.content.set_exception(self._overdue())
            hang_up(self._response)

    def _overdue(self) -> ModelTimeout:
        if self._end <= self._since + self._limit:
            return self._failures.timeout("wasn't done", self._timeouts.total)
        return self._failures.timeout(self._what, self._limit)
