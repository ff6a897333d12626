"""Notices a caller that hangs up while its answer is still being made."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from app.errors import AppError


class CallerPresent:
    """Cancels the block when the caller leaves, and raises `ClientDisconnect` in its place.

    To be entered when the body was read: the next thing that comes is that the caller left.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("there is no task to cancel")
        self._task = task
        self._watch: asyncio.Future[Message] = asyncio.ensure_future(self._receive())
        self._watch.add_done_callback(self._hung_up)
        return self

    def served(self) -> None:
        """The last of the answer is on its way: whatever is left of the block is ours to finish."""
        self._watch.remove_done_callback(self._hung_up)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.served()
        self._watch.cancel()
        if self._left:
            self._task.uncancel()
            if error is None or isinstance(error, asyncio.CancelledError | AppError):
                raise ClientDisconnect from error

    def _hung_up(self, watch: "asyncio.Future[Message]") -> None:
        if not watch.cancelled():
            watch.exception()  # seen: an odd end of the request is its end, too
            self._left = True
            self._task.cancel()
