"""Asks ElevenLabs, patiently but not for long: time-outs, a few more tries before the first sound,
and a while of peace after it failed again and again."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager
from itertools import count
from typing import TYPE_CHECKING

from pydantic import SecretStr

from app.errors import AppError
from app.kit import garbage
from app.kit.frozen import frozen
from app.llm import Breaker, BreakerPolicy, Call, ModelRef, Task
from app.voice.accounting import PROVIDER, Rates
from app.voice.elevenlabs._patience import most, patience, wait
from app.voice.elevenlabs.voice import VendorVoice
from app.voice.errors import VoiceOff, VoiceTimeout, VoiceUnavailable, VoiceUnusable
from app.voice.utterance import Sound, Utterance

if TYPE_CHECKING:
    from app.voice.elevenlabs._sdk import Sdk

_LIST_SECONDS = 8.0


@frozen
class VendorOptions:
    """Times in seconds: to the first sound of each try, and between sounds."""

    api_key: SecretStr | None
    base_url: str | None = None
    first_audio: float = 10.0
    idle: float = 10.0


class _Health:
    """Of one kind of work: who can't speak may well listen. `cause` is that of the last failure."""

    def __init__(self) -> None:
        self.breaker = Breaker(BreakerPolicy(), time.monotonic)
        self.cause = ""


class ElevenLabs:
    """Nothing is loaded or connected before it is first asked."""

    def __init__(self, options: VendorOptions, rates: Rates) -> None:
        self.options = options
        self._rates = rates
        self._healths: dict[Task, _Health] = defaultdict(_Health)
        self._loading = asyncio.Lock()
        self._sdk: Sdk | None = None

    @property
    def key(self) -> SecretStr:
        """Raises `VoiceOff` when there is none."""
        if self.options.api_key is None:
            raise VoiceOff
        return self.options.api_key

    async def sdk(self) -> "Sdk":
        """Raises `VoiceOff`. The first time it takes half a second, in a thread."""
        key = self.key.get_secret_value()
        async with self._loading:
            if self._sdk is None:
                module = await garbage.load(_load)
                self._sdk = module(key, self.options.base_url)
        return self._sdk

    async def aclose(self) -> None:
        if self._sdk is not None:
            await self._sdk.aclose()

    async def speak(self, utterance: Utterance, call: Call) -> AsyncGenerator[Sound]:
        """Sounds as they come, at least one; what is tried and used goes into `call`.

        To be closed by whoever stops listening earlier, which hangs up. Raises `VoiceOff`,
        `VoiceUnavailable`, `UnknownVoice`; once a sound is out, it isn't tried again.
        """
        with self.trying(call):
            async with aclosing(self._patiently(utterance, call)) as sounds:
                async for sound in sounds:
                    yield sound

    async def _patiently(self, utterance: Utterance, call: Call) -> AsyncGenerator[Sound]:
        for tries in count(1):
            begun = False
            try:
                async with aclosing(self._attempt(utterance, call)) as sounds:
                    async for sound in sounds:
                        begun = True
                        yield sound
            except VoiceUnavailable as error:
                pause = None if begun else wait(error, tries)
                if pause is None:
                    raise
                call.end_attempt(error.code, error.message)
                await asyncio.sleep(pause)
            else:
                return

    async def voices(self) -> list[VendorVoice]:
        """Raises `VoiceOff`, `VoiceUnavailable`, within some seconds."""
        sdk = await self.sdk()
        try:
            async with asyncio.timeout(_LIST_SECONDS):
                return await sdk.voices()
        except TimeoutError as error:
            raise VoiceTimeout(f"didn't list its voices within {_LIST_SECONDS:g} s") from error

    async def _attempt(self, utterance: Utterance, call: Call) -> AsyncGenerator[Sound]:
        sdk = await self.sdk()
        call.begin_attempt(ModelRef(PROVIDER, utterance.model))
        async with aclosing(self._heard(sdk, utterance, call)) as sounds:
            async for sound in sounds:
                yield sound

    @contextmanager
    def trying(self, call: Call) -> Iterator[None]:
        """Around a request of the vendor, all its tries included: its end says how the vendor is.

        Raises `VoiceUnavailable` while it is left alone, before the block.
        """
        health = self._healths[call.request.task]
        breaker = health.breaker
        if not breaker.admit(call):
            raise VoiceUnavailable(
                f"failed several times in a row, the last time it {health.cause}, and is left "
                f"alone for another {breaker.cooldown_left:.0f} s",
                retry_after=breaker.cooldown_left,
            )
        try:
            yield
        except VoiceUnavailable as error:
            if error.retryable:
                health.cause = error.cause
                breaker.failed(call)
            else:  # a wrong key is answered soundly enough
                breaker.succeeded()
            raise
        except AppError:
            breaker.succeeded()
            raise
        except BaseException:
            breaker.abandoned(call)
            raise
        breaker.succeeded()

    async def _heard(self, sdk: "Sdk", utterance: Utterance, call: Call) -> AsyncGenerator[Sound]:
        options, left = self.options, most(utterance)
        async with AsyncExitStack() as stack:
            async with patience(options.first_audio, "said nothing"):
                speaking = await stack.enter_async_context(sdk.speak(utterance))
                told = speaking.characters
                usage = self._rates.spoken(len(utterance.text) if told is None else told)
                call.usage = usage
                sounds = await stack.enter_async_context(aclosing(speaking.sounds))
                sound = await anext(sounds, None)
            if sound is None:
                raise VoiceUnusable("answered without a sound")
            call.heard(usage)
            while sound is not None:
                left -= len(sound.audio)
                if left < 0:
                    raise VoiceUnavailable("doesn't end", retryable=False)
                yield sound
                async with patience(options.idle, "fell silent in mid-speech: nothing more came"):
                    sound = await anext(sounds, None)


def _load() -> "type[Sdk]":
    from app.voice.elevenlabs._sdk import Sdk  # noqa: PLC0415  # 40 MB, when it is needed

    return Sdk
