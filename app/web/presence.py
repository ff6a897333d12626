"""Notices a caller that hangs up while its answer is still being made."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from app.errors import AppError

_SHORTLY = 0.05
"""Seconds before we begin to listen: most answers are out by then, and a task to listen costs as
much as reading the request."""


class CallerPresent:
    """Cancels the block when the caller leaves, and raises `ClientDisconnect` in its place.

    To be entered when the body was read: the next thing that comes is that the caller left.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._listening: asyncio.Future[Message] | None = None
        self._left = False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("there is no task to cancel")
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(_SHORTLY, self._listen)
        return self

    def served(self) -> None:
        """The last of the answer is on its way: whatever is left of the block is ours to finish."""
        self._timer.cancel()
        if self._listening is not None:
            self._listening.remove_done_callback(self._hung_up)
            self._listening.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.served()
        if self._left:
            self._task.uncancel()
            if error is None or isinstance(error, asyncio.CancelledError | AppError):
                raise ClientDisconnect from error

    def _listen(self) -> None:
        self._listening = asyncio.ensure_future(self._receive())
        self._listening.add_done_callback(self._hung_up)

    def _hung_up(self, listening: "asyncio.Future[Message]") -> None:
        if not listening.cancelled():
            listening.exception()  # seen: an odd end of the request is its end, too
            self._left = True
            self._task.cancel()


def leaving(receive: Receive) -> Receive:
    """Waits past a body that nobody read for the caller's leaving."""

    async def gone() -> Message:
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return gone
