"""Text to speech: found where it was said before, else made; made once for all who want it now."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from app.kit.frozen import frozen
from app.llm import CallContext
from app.voice.accounting import Accounting
from app.voice.clips import Clip, Clips
from app.voice.elevenlabs import ElevenLabs
from app.voice.errors import NothingToSay, TextTooLong
from app.voice.formats import AudioFormat
from app.voice.makings import Makings
from app.voice.prose import Prose, prose
from app.voice.utterance import AS_IT_IS, Delivery, Sound, Utterance

_MARKED = 3
"""How many times as long as its words a text may be for its marks and addresses."""


@frozen
class SpeechOptions:
    """`limit` is the most characters that are spoken at once."""

    model: str
    limit: int


@frozen
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
        self._options = options
        self._makings = Makings(vendor, clips, accounting)

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

        Raises `VoiceOff`, `VoiceUnavailable`, `UnknownVoice`, `VoiceOverBudget`,
        `BudgetUnavailable` before the block.
        """
        clip = None
        if self._makings.under_way(utterance) is None:
            clip = await self._clips.find(utterance)
        if clip is None:
            joined = self._makings.join(utterance, context)
            async with joined as making, aclosing(making.heard()) as sounds:
                yield Spoken(utterance, None, sounds)
        else:
            free = self._makings.free(utterance, context)
            async with free, aclosing(_sounds(clip)) as sounds:
                yield Spoken(utterance, clip, sounds)

    async def aclose(self) -> None:
        """Hangs up on whatever is still spoken."""
        await self._makings.aclose()


async def _sounds(clip: Clip) -> AsyncGenerator[Sound]:
    for sound in clip.sounds or ():
        yield sound
    if clip.sounds is None:
        async for piece in clip.read():
            yield Sound(piece)
