"""An event stream that is written to directly, for answers that come in hundreds of pieces.

What an `EventStreams` response does with tasks and queues costs more than such a piece. Here a
piece goes straight to the connection, and one timer per stream looks after the rest: comments in
silence, readers that don't read, and the end of the server.
"""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from starlette.requests import ClientDisconnect
from starlette.types import Send

from app.errors import Unavailable
from app.web.event_stream import SLOW_READER_SECONDS, EventStreams

Headers = Iterable[tuple[bytes, bytes]]

_HEAD: tuple[tuple[bytes, bytes], ...] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),
)
_WAITING = b": waiting\n\n"


class ServerClosing(Unavailable):
    """The server shuts down before the answer is complete."""

    code = "SERVER_CLOSING"

    def __init__(self) -> None:
        super().__init__("the server is shutting down, and this answer isn't complete; try again")


class LiveStream:
    """`async with` it for as long as the answer is made; a bare end of the block cuts it.

    After `silence` seconds in which nothing was written, a comment is, also when nothing was
    written yet: then the head of the answer goes out without waiting for `begin`. A write that
    takes more than 30 s ends the block as if the caller had left. At shutdown the block is ended
    with `ServerClosing`.
    """

    def __init__(self, send: Send, streams: EventStreams, *, silence: float) -> None:
        self._send = send
        self._streams = streams
        self._silence = silence
        self._loop = asyncio.get_running_loop()
        self.begun = False
        self._busy = False
        self._at = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._comment: asyncio.Task[None] | None = None
        self._ended_by: type[Exception] | None = None

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("there is no task to cancel")
        self._task = task
        self._streams.enter(self)
        self._look_in(self._silence)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._streams.leave(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._comment is not None:
            self._comment.cancel()
            self._comment = None  # what is still to be told doesn't wait for it
        if self._ended_by is not None:
            self._task.uncancel()
            raise self._ended_by from error

    async def begin(self, headers: Headers = ()) -> None:
        """Sends the head of the answer, unless a comment had to be sent before."""
        if self._comment is not None:
            await self._comment
        if not self.begun:
            await self._begin(headers)

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """Whole frames, which leave at once. Waits while the caller is behind with reading."""
        if self._comment is not None:
            await self._comment
        await self._write(data, more=not last)

    def close(self) -> None:
        """Ends the block from outside, with `ServerClosing`."""
        self._end(ServerClosing)

    async def _begin(self, headers: Headers) -> None:
        self.begun = self._busy = True
        head = [*_HEAD, *headers]
        await self._send({"type": "http.response.start", "status": 200, "headers": head})
        self._busy = False

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        self._busy, self._at = True, self._loop.time()
        await self._send({"type": "http.response.body", "body": data, "more_body": more})
        self._busy = False

    def _look_in(self, seconds: float) -> None:
        self._timer = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """The timer isn't set anew with each piece; it looks when the last one was."""
        quiet = self._loop.time() - self._at
        patience = SLOW_READER_SECONDS if self._busy else self._silence
        if quiet < patience:
            self._look_in(min(self._silence, patience - quiet))
            return
        if self._busy:
            self._end(ClientDisconnect)
            return
        self._comment = self._loop.create_task(self._say_waiting())
        self._look_in(self._silence)

    async def _say_waiting(self) -> None:
        if not self.begun:
            await self._begin(())
        await self._write(_WAITING)
        self._comment = None

    def _end(self, error: type[Exception]) -> None:
        if self._ended_by is None:
            self._ended_by = error
            self._task.cancel()
