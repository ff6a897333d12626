"""A live stream that may yet turn out to be an error."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.web.event_stream import EventStreams
from app.web.live_response import LiveResponse
from app.web.presence import CallerPresent, leaving


class OpenedStream(Response):
    """Once `opening` was entered, the frames that it yields; before that, what goes wrong is an
    error to tell. A caller that leaves ends its block, before the first frame too."""

    def __init__(
        self, streams: EventStreams, opening: AbstractAsyncContextManager[AsyncGenerator[bytes]]
    ) -> None:
        super().__init__()
        self._streams = streams
        self._opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            with CallerPresent(leaving(receive)):
                frames = await stack.enter_async_context(self._opening)
            await LiveResponse(self._streams, frames)(scope, receive, send)
