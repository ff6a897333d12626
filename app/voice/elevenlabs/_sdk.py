"""The vendor's SDK behind what the rest of the voice speaks. Imported only once it is needed: it
takes 40 MB."""

import math
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.request_options import RequestOptions
from elevenlabs.types.voice_settings import VoiceSettings

from app.voice.elevenlabs._failures import failure
from app.voice.elevenlabs._pieces import sound_of, voice_of
from app.voice.elevenlabs.voice import VendorVoice
from app.voice.errors import VoiceUnusable
from app.voice.formats import AudioFormat
from app.voice.utterance import Delivery, Sound, Utterance

_POOL = httpx.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=60)
_CONNECT_SECONDS = 5.0
_NEAR = ("all://localhost", "all://127.0.0.1", "all://[::1]")
_ONCE = RequestOptions(max_retries=0)
_COST = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_NO_SOUND = "answered with something that is no sound"
_PAGE = 100
_MOST_PAGES = 20


class Http(httpx.AsyncClient):
    """Only connecting has a time-out in here, whatever the SDK asks for: silence is watched from
    outside. What runs on this machine is asked past any proxy; redirects would carry the key to
    wherever they lead, and aren't followed."""

    def __init__(self) -> None:
        super().__init__(
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS, pool=_CONNECT_SECONDS),
            limits=_POOL,
            mounts=dict.fromkeys(_NEAR),
        )

    def build_request(self, *args: Any, **options: Any) -> httpx.Request:
        return super().build_request(*args, **{**options, "timeout": self.timeout})


class Speaking:
    """An answer that has begun. `characters` are those it is billed for, None where it isn't
    told."""

    def __init__(self, characters: int | None, sounds: AsyncGenerator[Sound]) -> None:
        self.characters = characters
        self.sounds = sounds


class Sdk:
    """Raises `VoiceUnavailable` and `UnknownVoice` for whatever the SDK raises."""

    def __init__(self, api_key: str, base_url: str | None) -> None:
        self.http = Http()
        self.client = AsyncElevenLabs(api_key=api_key, base_url=base_url, httpx_client=self.http)

    async def aclose(self) -> None:
        await self.http.aclose()

    @asynccontextmanager
    async def speak(self, utterance: Utterance) -> AsyncIterator[Speaking]:
        """The end of the block hangs up at once."""
        speech = self.client.text_to_speech.with_raw_response
        say: Any = speech.stream_with_timestamps if utterance.timed else speech.stream
        with failure(voice_id=utterance.voice_id):
            async with say(
                utterance.voice_id,
                text=utterance.text,
                model_id=utterance.model,
                output_format=utterance.format.vendor,
                voice_settings=_settings(utterance.delivery),
                request_options=_ONCE,
            ) as response:
                if not _fits(response.headers.get("content-type", ""), utterance):
                    raise VoiceUnusable(_NO_SOUND)
                sounds = _sounds(response.data, utterance.format)
                yield Speaking(_characters(response.headers), sounds)

    async def voices(self) -> list[VendorVoice]:
        """All that the key may use, 2000 at most."""
        found: list[VendorVoice] = []
        token: str | None = None
        with failure():
            for _ in range(_MOST_PAGES):
                page = await self.client.voices.search(
                    page_size=_PAGE, next_page_token=token, request_options=_ONCE
                )
                found += [voice for each in page.voices if (voice := voice_of(each))]
                token = page.next_page_token
                if not (page.has_more and token):
                    break
        return found


async def _sounds(pieces: Any, form: AudioFormat) -> AsyncGenerator[Sound]:
    """A content type is soon said: what doesn't begin like sound isn't passed on, nor kept."""
    begun = False
    async with aclosing(pieces):
        async for piece in pieces:
            sound = Sound(piece) if isinstance(piece, bytes) else sound_of(piece)
            if sound.audio and not begun and not form.begins(sound.audio):
                raise VoiceUnusable(_NO_SOUND)
            begun = begun or bool(sound.audio)
            if sound.audio or sound.characters:
                yield sound


def _fits(content_type: str, utterance: Utterance) -> bool:
    """Whether it may be what was asked for; timed speech is lines of JSON, under several names."""
    if utterance.timed:
        return not content_type.startswith(("text/html", "audio/"))
    return content_type.startswith(("audio/", "application/octet-stream"))


def _settings(delivery: Delivery) -> VoiceSettings | None:
    given = {
        "stability": delivery.stability,
        "similarity_boost": delivery.similarity_boost,
        "style": delivery.style,
        "speed": delivery.speed,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    return VoiceSettings(**chosen) if chosen else None


def _characters(headers: Any) -> int | None:
    """Some models are billed by parts of a character."""
    told = headers.get("character-cost", "")
    return math.ceil(float(told)) if _COST.fullmatch(told) else None
