"""A live stream as an endpoint's answer."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.web.event_stream import RETRY, EventStreams
from app.web.live_stream import LiveStream, ServerClosing
from app.web.presence import CallerPresent, leaving


class LiveResponse(Response):
    """Sends `frames`, whole event-stream frames, as they come: each leaves at once.

    The frames are only read here: a reader that leaves ends the reading, and nothing else. So does
    one that takes none for 30 s. Silence is filled with comments. When the server shuts down the
    stream ends after a moment's grace, with `farewell`; the first frame says when to come back.
    What `frames` raises cuts the connection, so that no half answer is taken for a whole one.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        streams: EventStreams,
        frames: AsyncGenerator[bytes],
        *,
        headers: Mapping[str, str] | None = None,
        farewell: bytes = b"",
    ) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers(headers)
        self._streams = streams
        self._frames = frames
        self._farewell = farewell

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """Those of every live stream are sent by it."""
        self.raw_headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in (headers or {}).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # of the interface
        live = LiveStream(send, self._streams, silence=self._streams.silence)
        try:
            async with aclosing(self._frames) as frames:
                with CallerPresent(leaving(receive)) as presence:
                    async with live:
                        await self._relay(frames, live, presence)
        except ServerClosing:
            await live.write(self._farewell, last=True)

    async def _relay(
        self, frames: AsyncGenerator[bytes], live: LiveStream, presence: CallerPresent
    ) -> None:
        await live.begin(self.raw_headers)
        first = RETRY
        async for frame in frames:
            await live.write(first + frame)
            first = b""
        presence.served()
        await live.write(b"", last=True)
