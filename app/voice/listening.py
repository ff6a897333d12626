"""One listener's way to speech: sound alone, or events that tell the times of its characters."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from app.llm import CallContext
from app.voice.clips import Clip
from app.voice.framing import frames
from app.voice.speech import Speech, Spoken
from app.voice.utterance import Utterance
from app.web import Opened


class Listening:
    """What is to be heard, by whom. `left_out` says that there is code in it, which isn't."""

    def __init__(
        self, speech: Speech, utterance: Utterance, context: CallContext, *, left_out: bool = False
    ) -> None:
        self._speech = speech
        self._utterance = utterance
        self._context = context
        self._left_out = left_out

    @property
    def timed(self) -> bool:
        return self._utterance.timed

    @property
    def content_type(self) -> str:
        return self._utterance.format.content_type

    async def find(self) -> Clip | None:
        return await self._speech.find(self._utterance)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        """Raises what `Speech.speak` raises."""
        async with (
            self._speech.speak(self._utterance, self._context) as spoken,
            aclosing(_audio(spoken)) as pieces,
        ):
            yield Opened(pieces, spoken.clip)

    @asynccontextmanager
    async def events(self, after: int = 0) -> AsyncIterator[AsyncGenerator[bytes]]:
        """The frames after the one with the id `after`. Raises what `Speech.speak` raises."""
        async with self._speech.speak(self._utterance, self._context) as spoken:
            yield frames(spoken, after=after, left_out=self._left_out)


async def _audio(spoken: Spoken) -> AsyncGenerator[bytes]:
    async for sound in spoken.sounds:
        if sound.audio:
            yield sound.audio
