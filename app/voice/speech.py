"""Text to speech: found where it was said before, else made; made once for all who want it now."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    ExitStack,
    aclosing,
    asynccontextmanager,
)
from dataclasses import dataclass

from app.llm import BudgetExceeded, BudgetUnavailable, CallContext, Task
from app.voice.accounting import Accounting
from app.voice.clips import Clip, Clips
from app.voice.elevenlabs import ElevenLabs
from app.voice.errors import NothingToSay, TextTooLong, VoiceUnavailable
from app.voice.formats import AudioFormat
from app.voice.making import Making
from app.voice.prose import Prose, prose
from app.voice.utterance import AS_IT_IS, Delivery, Sound, Utterance

_MOST_AT_ONCE = 50
_THE_MAKERS = (BudgetExceeded, BudgetUnavailable)
"""Failures that tell something about who pays, and nothing about the voice."""
_MARKED = 3
"""How many times as long as its words a text may be for its marks and addresses."""


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """`limit` is the most characters that are spoken at once."""

    model: str
    limit: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """Speech that has begun. `clip` is there where it was found, finished; `sounds` is to be read
    once, and raises what ends it early."""

    utterance: Utterance
    clip: Clip | None
    sounds: AsyncGenerator[Sound]


class Speech:
    def __init__(
        self, vendor: ElevenLabs, clips: Clips, accounting: Accounting, options: SpeechOptions
    ) -> None:
        self._vendor = vendor
        self._clips = clips
        self._accounting = accounting
        self._options = options
        self._makings: dict[str, Making] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def utterance(
        self,
        text: str,
        voice_id: str,
        *,
        format: AudioFormat = AudioFormat.MP3,  # noqa: A002  # its name everywhere
        timed: bool = False,
        delivery: Delivery | None = None,
    ) -> tuple[Utterance, Prose]:
        """What is said of `text`, and whether something of it isn't.

        Raises `VoiceOff`, `NothingToSay`, `TextTooLong`.
        """
        _ = self._vendor.key
        if len(text) > _MARKED * self._options.limit:
            raise TextTooLong(len(text), self._options.limit)
        said = prose(text)
        if not said.text:
            raise NothingToSay
        if len(said.text) > self._options.limit:
            raise TextTooLong(len(said.text), self._options.limit)
        model = self._options.model
        made = Utterance(said.text, voice_id, model, format, timed, delivery or AS_IT_IS)
        return made, said

    async def find(self, utterance: Utterance) -> Clip | None:
        """Finished speech, where it is kept. Asks nobody else."""
        return await self._clips.find(utterance)

    @asynccontextmanager
    async def speak(self, utterance: Utterance, context: CallContext) -> AsyncIterator[Spoken]:
        """Enters the block with the first sound. Its end means that nobody listens any more here;
        when nobody does anywhere, the vendor is hung up on at once.

        Raises `VoiceOff`, `VoiceUnavailable`, `UnknownVoice`, `BudgetExceeded`,
        `BudgetUnavailable` before the block.
        """
        async with AsyncExitStack() as stack:
            clip = None
            if self._under_way(utterance) is None:
                clip = await self._clips.find(utterance)
            if clip is None:
                making = await self._join(stack, utterance, context)
                sounds = making.heard()
            else:
                await stack.enter_async_context(self._free(utterance, context))
                sounds = _sounds(clip)
            yield Spoken(utterance, clip, await stack.enter_async_context(aclosing(sounds)))

    async def aclose(self) -> None:
        """Hangs up on whatever is still spoken."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)

    def _under_way(self, utterance: Utterance) -> Making | None:
        found = self._makings.get(utterance.key)
        return found if found is not None and found.joinable else None

    async def _join(
        self, stack: AsyncExitStack, utterance: Utterance, context: CallContext
    ) -> Making:
        """A making with its first sound, listened to until `stack` ends: the one that is under way,
        else a new one."""
        while (found := self._under_way(utterance)) is not None:
            with ExitStack() as following:
                following.enter_context(found.listening())
                try:
                    await found.begun()
                except _THE_MAKERS:
                    continue  # nobody under way any more: this one may well pay
                except BaseException:
                    async with self._free(utterance, context):
                        raise
                stack.enter_context(following.pop_all())
                await stack.enter_async_context(self._free(utterance, context))
                return found
        making = self._begin(utterance, context)
        stack.enter_context(making.listening())
        await making.begun()
        return making

    def _free(
        self, utterance: Utterance, context: CallContext
    ) -> AbstractAsyncContextManager[None]:
        return self._accounting.free(Task.SPEECH, utterance.model, context)

    def _begin(self, utterance: Utterance, context: CallContext) -> Making:
        if sum(not making.over for making in self._makings.values()) >= _MOST_AT_ONCE:
            raise VoiceUnavailable(
                f"speaks {_MOST_AT_ONCE} texts for this process already", retry_after=1
            )
        making = self._makings[utterance.key] = Making()
        task = asyncio.create_task(self._make(making, utterance, context), name="voice.make")
        making.abandon = task.cancel
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return making

    async def _make(self, making: Making, utterance: Utterance, context: CallContext) -> None:
        """Whatever happens, the making has an end."""
        try:
            await self._say(making, utterance, context)
            making.end()
            await self._clips.keep(utterance, making.sounds)
        except Exception as error:  # noqa: BLE001  # told to whoever listens, a bug too
            making.end(error)
        finally:
            making.end(VoiceUnavailable("wasn't heard to the end: this service is closing"))
            if self._makings.get(utterance.key) is making:
                del self._makings[utterance.key]

    async def _say(self, making: Making, utterance: Utterance, context: CallContext) -> None:
        most = self._accounting.rates.spoken(len(utterance.text))
        async with (
            self._accounting.call(Task.SPEECH, utterance.model, context, most=most) as call,
            aclosing(self._vendor.speak(utterance, call)) as sounds,
        ):
            async for sound in sounds:
                making.add(sound)


async def _sounds(clip: Clip | None) -> AsyncGenerator[Sound]:
    if clip is None:
        return
    for sound in clip.sounds or ():
        yield sound
    if clip.sounds is None:
        async for piece in clip.read():
            yield Sound(piece)
