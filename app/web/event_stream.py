"""The one way a stream of events leaves the service.

A stream is a free generator of encoded frames. Here it gets its response: no caching, no
buffering, a bound on how long one write may take, a count while it is open, and a word at
shutdown, so that the generator ends in its own way before the server takes the connection away.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol

import anyio
from sse_starlette import EventSourceResponse
from sse_starlette.sse import AppStatus

SLOW_READER_SECONDS = 30.0
SHUTDOWN_GRACE_SECONDS = 2.0
_SHUTDOWN_POLL_SECONDS = 0.5
RETRY = b"retry: 1000\n"
"""Asks clients that lose the connection to come back after a second. Stands in the first frame,
since a frame of its own could be taken for an event without a name."""

Frames = Callable[["Closing"], AsyncGenerator[bytes]]


class Closing:
    """Set when the server shuts down: time to end."""

    def __init__(self, event: anyio.Event) -> None:
        self._event = event

    async def wait(self) -> None:
        await self._event.wait()


class Live(Protocol):
    """A stream that is written to directly."""

    def close(self) -> None:
        """Has it end, now."""
        ...


class EventStreams:
    """Makes stream responses, and knows how many are open. After `silence` seconds without an event
    a live response says that it is still there."""

    def __init__(self, *, silence: float = 15.0) -> None:
        self.silence = silence
        self.open = 0
        self._live: set[Live] = set()
        self._looking: asyncio.TimerHandle | None = None

    def enter(self, stream: Live) -> None:
        """Counts `stream` in, until it leaves. At shutdown it gets the grace, then is closed."""
        self.open += 1
        self._live.add(stream)
        if self._looking is None:
            self._look_for_shutdown()

    def leave(self, stream: Live) -> None:
        self.open -= 1
        self._live.discard(stream)

    def _look_for_shutdown(self) -> None:
        loop = asyncio.get_running_loop()
        self._looking = None
        if AppStatus.should_exit:
            loop.call_later(SHUTDOWN_GRACE_SECONDS, self._close_all)
        elif self._live:
            self._looking = loop.call_later(_SHUTDOWN_POLL_SECONDS, self._look_for_shutdown)

    def _close_all(self) -> None:
        for stream in tuple(self._live):
            stream.close()

    def respond(self, frames: Frames) -> EventSourceResponse:
        """`frames` yields bytes on the wire: whole event-stream frames."""
        event = anyio.Event()
        return EventSourceResponse(
            self._counted(frames(Closing(event))),
            headers={"Cache-Control": "no-cache, no-store"},
            ping=0,
            sep="\n",
            send_timeout=SLOW_READER_SECONDS,
            shutdown_event=event,
            shutdown_grace_period=SHUTDOWN_GRACE_SECONDS,
        )

    async def _counted(self, frames: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        self.open += 1
        try:
            async with aclosing(frames):
                first = RETRY
                async for frame in frames:
                    yield first + frame
                    first = b""
        finally:
            self.open -= 1


class Signal:
    """Wakes everybody who waits, and again the next time: one shared future a turn."""

    def __init__(self) -> None:
        self._turn: asyncio.Future[None] | None = None

    def turn(self) -> asyncio.Future[None]:
        """Is done at the next `ring`."""
        if self._turn is None or self._turn.done():
            self._turn = asyncio.get_running_loop().create_future()
        return self._turn

    def ring(self) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)
