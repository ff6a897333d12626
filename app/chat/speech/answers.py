"""An answer aloud as an endpoint's answer. Before the first sound, what goes wrong is an error;
after it, a stream that says so or is cut."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.chat.speech.framing import frames, sound
from app.chat.speech.heard import Heard, Listening
from app.chat.speech.voicing import Voicing
from app.web import CallerPresent, EventStreams, LiveResponse, begin, leaving, relay


class AnswerEvents(Response):
    """As server-sent events. A stream that waits long for its first begins without it, so that
    comments can tell that somebody is there."""

    def __init__(self, voicing: Voicing, streams: EventStreams, listening: Listening) -> None:
        super().__init__()
        self._voicing = voicing
        self._streams = streams
        self._listening = listening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._voicing.hear(self._listening)) as heard:
            first = asyncio.create_task(_next(heard))
            try:
                with CallerPresent(leaving(receive)):
                    await asyncio.wait({first}, timeout=self._streams.silence)
                    if first.done():
                        first.result()
                events = frames(_all(first, heard), after=self._listening.after)
                await LiveResponse(self._streams, events)(scope, receive, send)
            finally:
                first.cancel()
                await asyncio.wait({first})


class AnswerSound(Response):
    """As sound alone."""

    def __init__(self, voicing: Voicing, listening: Listening) -> None:
        super().__init__()
        self._voicing = voicing
        self._listening = listening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # of the interface
        headers = {
            "content-type": self._listening.form.content_type,
            "cache-control": "no-store",
            "accept-ranges": "none",
            "x-content-type-options": "nosniff",
        }
        async with aclosing(sound(self._voicing.hear(self._listening))) as pieces:
            with CallerPresent(leaving(receive)) as presence:
                first = await anext(pieces, b"")
                await begin(send, 200, headers)
                await relay(_with(first, pieces), send)
                presence.served()


async def _next(heard: AsyncGenerator[Heard]) -> Heard:
    return await anext(heard)


async def _all(first: "asyncio.Task[Heard]", heard: AsyncGenerator[Heard]) -> AsyncGenerator[Heard]:
    yield await first
    async for event in heard:
        yield event


async def _with(first: bytes, pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    if first:
        yield first
    async for piece in pieces:
        yield piece
