"""An answer aloud, to be given out: once the first sound is there. What goes wrong before is raised
then, after it is told in the stream, or cuts it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from app.chat.speech.framing import frames, sound
from app.chat.speech.heard import Heard, Listening
from app.chat.speech.voicing import Voicing
from app.web import Opened


@asynccontextmanager
async def answer_events(
    voicing: Voicing, listening: Listening, silence: float
) -> AsyncIterator[AsyncGenerator[bytes]]:
    """Frames of server-sent events. After `silence` seconds they begin without the first, so that
    comments can tell that somebody is there."""
    async with aclosing(voicing.hear(listening)) as heard:
        first = asyncio.create_task(_next(heard))
        try:
            await asyncio.wait({first}, timeout=silence)
            if first.done():
                first.result()
            yield frames(_all(first, heard), after=listening.after)
        finally:
            first.cancel()
            await asyncio.wait({first})


class AnswerSound:
    """Sound alone, which is never finished: it is made anew for each listener."""

    def __init__(self, voicing: Voicing, listening: Listening) -> None:
        self._voicing = voicing
        self._listening = listening

    @property
    def content_type(self) -> str:
        return self._listening.form.content_type

    async def find(self) -> None:
        return None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        async with aclosing(sound(self._voicing.hear(self._listening))) as pieces:
            first = await anext(pieces, b"")
            yield Opened(_with(first, pieces), None)


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
