"""Speaks text that is still being made."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager
from itertools import count
from typing import TYPE_CHECKING

from app.llm import Call, CallContext, ModelRef, Task
from app.voice.accounting import PROVIDER, Accounting
from app.voice.elevenlabs import ElevenLabs
from app.voice.errors import VoiceTimeout, VoiceUnavailable
from app.voice.formats import AudioFormat
from app.voice.live import wire
from app.voice.live.failures import refused
from app.voice.live.patience import Patience
from app.voice.utterance import Delivery, Sound

if TYPE_CHECKING:
    from app.voice.live.connection import Socket

_MOST_AT_ONCE = 50
_TRIES = 2
_PAUSE_SECONDS = 0.2


class LiveSpeech:
    """`most` characters go into one speech."""

    def __init__(
        self, vendor: ElevenLabs, accounting: Accounting, *, model: str, most: int
    ) -> None:
        self.most = most
        self._vendor = vendor
        self._accounting = accounting
        self._model = model
        self._tls: ssl.SSLContext | None = None
        self._under_way = 0

    async def speak(
        self,
        texts: AsyncIterator[str],
        voice_id: str,
        form: AudioFormat,
        context: CallContext,
        delivery: Delivery | None = None,
    ) -> AsyncGenerator[Sound]:
        """The sound of `texts`, which are whole sentences, as they come: the first of it before the
        last of them is there. To be closed by whoever stops listening, which hangs up at once.

        What `texts` raises is raised when all that came before has been said. A listener who is
        behind makes the vendor wait. Once it has begun, nothing is tried again.

        Raises `VoiceOff`, `VoiceUnavailable`, `UnknownVoice`, `VoiceOverBudget`,
        `BudgetUnavailable`.
        """
        _ = self._vendor.key
        most = self._accounting.rates.spoken(self.most)
        async with AsyncExitStack() as stack:
            stack.enter_context(self._counted())
            call = await stack.enter_async_context(
                self._accounting.call(Task.SPEECH, self._model, context, most=most)
            )
            stack.enter_context(self._vendor.trying(call))
            address = self._address(voice_id, form)
            socket = await self._opened(stack, address, voice_id, call)
            await socket.send(wire.opening(delivery or Delivery()))
            speaking = self._speaking(socket, texts, voice_id, call)
            async for sound in await stack.enter_async_context(aclosing(speaking)):
                yield sound

    @contextmanager
    def _counted(self) -> Iterator[None]:
        if self._under_way >= _MOST_AT_ONCE:
            raise VoiceUnavailable(
                f"speaks {_MOST_AT_ONCE} answers for this process already", retry_after=1
            )
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def _address(self, voice_id: str, form: AudioFormat) -> str:
        base_url = self._vendor.options.base_url
        return wire.address(base_url, voice_id, model=self._model, output_format=form.vendor)

    async def _opened(
        self, stack: AsyncExitStack, address: str, voice_id: str, call: Call
    ) -> "Socket":
        from app.voice.live.connection import opened  # noqa: PLC0415  # `websockets` costs memory

        headers = {wire.KEY_HEADER: self._vendor.key.get_secret_value()}
        tls = await self._context() if address.startswith("wss:") else None
        seconds = self._vendor.options.first_audio
        for tries in count(1):
            call.begin_attempt(ModelRef(PROVIDER, self._model))
            try:
                return await stack.enter_async_context(
                    opened(address, headers, voice_id=voice_id, tls=tls, seconds=seconds)
                )
            except VoiceUnavailable as error:
                final = tries == _TRIES or not error.retryable or isinstance(error, VoiceTimeout)
                if final or error.retry_after is not None:
                    raise
                call.end_attempt(error.code, error.message)
            await asyncio.sleep(_PAUSE_SECONDS)
        raise AssertionError("the last try returns or raises")

    async def _context(self) -> ssl.SSLContext:
        """Made once: it reads all certificates there are."""
        if self._tls is None:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return self._tls

    async def _speaking(
        self, socket: "Socket", texts: AsyncIterator[str], voice_id: str, call: Call
    ) -> AsyncGenerator[Sound]:
        options = self._vendor.options
        patience = Patience(first=options.first_audio, idle=options.idle)
        saying = asyncio.create_task(self._say(socket, texts, patience, call))
        try:
            async with aclosing(_sounds(socket, patience, saying)) as sounds:
                async for sound in sounds:
                    call.heard()
                    yield sound
            await saying
        except wire.Garbled as error:
            raise VoiceUnavailable("answered with something that is no sound") from error
        except wire.Refused as error:
            raise refused(error.error, voice_id) from None
        finally:
            saying.cancel()
            await asyncio.wait({saying})
            if not saying.cancelled():
                saying.exception()  # seen: something else is being raised

    async def _say(
        self, socket: "Socket", texts: AsyncIterator[str], patience: Patience, call: Call
    ) -> None:
        sent = 0
        try:
            async for text in texts:
                sent += len(text)
                call.usage = self._accounting.rates.spoken(sent)
                if not await socket.send(wire.saying(text)):
                    return
                patience.asked()
        except Exception:
            await _end(socket, patience)
            raise
        await _end(socket, patience)


async def _end(socket: "Socket", patience: Patience) -> None:
    if await socket.send(wire.ENDING):
        patience.asked(last=True)


async def _sounds(
    socket: "Socket", patience: Patience, saying: "asyncio.Task[None]"
) -> AsyncGenerator[Sound]:
    ear = wire.Ear()
    while not ear.over:
        try:
            message = await patience.on(socket.receive())
        except TimeoutError as error:
            raise VoiceTimeout("said nothing for too long") from error
        if message is None:
            if saying.done():
                return
            raise VoiceUnavailable("hung up before it was done")
        sound = ear.take(message)
        if sound is not None:
            patience.heard()
            yield sound
