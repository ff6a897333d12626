"""Speech as an endpoint's answer: sound as it is made, finished sound in ranges, or events."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.llm import CallContext
from app.voice.clips import Clip
from app.voice.framing import frames
from app.voice.ranges import wanted
from app.voice.speech import Speech, Spoken
from app.voice.utterance import Utterance
from app.web import CallerPresent, EventStreams, LiveResponse, begin, leaving, relay

Headed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be heard, by whom. `left_out` says that there is code in it, which isn't."""

    utterance: Utterance
    context: CallContext
    left_out: bool = False


class SpeechEvents(Response):
    """Timed speech as server-sent events, those after the one with the id `after`. Without a first
    sound it is an error, not a stream."""

    def __init__(
        self, speech: Speech, streams: EventStreams, wanted: Wanted, *, after: int = 0
    ) -> None:
        super().__init__()
        self._speech = speech
        self._streams = streams
        self._wanted = wanted
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            with CallerPresent(leaving(receive)):
                speaking = self._speech.speak(self._wanted.utterance, self._wanted.context)
                spoken = await stack.enter_async_context(speaking)
            events = frames(spoken, after=self._after, left_out=self._wanted.left_out)
            await LiveResponse(self._streams, events)(scope, receive, send)


class SpeechSound(Response):
    """Sound, in as many pieces as it comes in. What is finished has a length and takes ranges; and
    only what is finished answers a HEAD with one: nothing is made for that."""

    def __init__(self, speech: Speech, wanted: Wanted) -> None:
        super().__init__()
        self._speech = speech
        self._wanted = wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with CallerPresent(leaving(receive)) as presence:
            clip = await self._speech.find(self._wanted.utterance)
            headers = Headers(scope=scope)
            if clip is not None and headers.get("if-none-match") == _tag(clip.key):
                presence.served()
                await Response(status_code=304, headers=self._told(clip))(scope, receive, send)
            elif scope["method"] == "HEAD":
                presence.served()
                await _Bare(self._whole(clip))(scope, receive, send)
            elif clip is not None and (part := _part(headers, clip)) is not None:
                await self._send_part(clip, part, send)
            else:
                await self._send_all(send)
            presence.served()

    async def _send_part(self, clip: Clip, part: tuple[int, int], send: Send) -> None:
        start, end = part
        headers = {
            **self._told(clip),
            "content-range": f"bytes {start}-{end - 1}/{clip.size}",
            "content-length": str(end - start),
        }
        await begin(send, 206, headers)
        async with aclosing(clip.read(start, end)) as pieces:
            await relay(pieces, send)

    async def _send_all(self, send: Send) -> None:
        async with self._speech.speak(self._wanted.utterance, self._wanted.context) as spoken:
            await begin(send, 200, self._whole(spoken.clip))
            async with aclosing(_audio(spoken)) as pieces:
                await relay(pieces, send)

    def _whole(self, clip: Clip | None) -> Headed:
        headers = self._told(clip)
        return headers if clip is None else {**headers, "content-length": str(clip.size)}

    def _told(self, clip: Clip | None) -> Headed:
        headers = {
            "content-type": self._wanted.utterance.format.content_type,
            "cache-control": "private, max-age=3600",
            "accept-ranges": "none",
            "x-content-type-options": "nosniff",
        }
        if clip is None:
            return headers
        return {**headers, "accept-ranges": "bytes", "etag": _tag(clip.key)}


class _Bare(Response):
    """Headers alone, as they are."""

    def __init__(self, headers: Headed) -> None:
        super().__init__()
        self.raw_headers = _raw(headers)


def _part(headers: Headers, clip: Clip) -> tuple[int, int] | None:
    """Raises `RangeNotSatisfiable`. A range of another making of it isn't one of this."""
    condition = headers.get("if-range")
    if condition is not None and condition != _tag(clip.key):
        return None
    return wanted(headers.get("range"), clip.size)


def _tag(key: str) -> str:
    return f'"{key}"'


async def _audio(spoken: Spoken) -> AsyncGenerator[bytes]:
    async for sound in spoken.sounds:
        if sound.audio:
            yield sound.audio


def _raw(headers: Headed) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
