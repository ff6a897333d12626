"""An answer aloud: its sentences go to the voice as they come, and come back as sound."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from textwrap import wrap
from uuid import UUID

import structlog

from app.chat.generations import GenerationLogs
from app.chat.speech.place import Place
from app.chat.speech.read_ahead import ReadAhead
from app.chat.speech.script import Sentence
from app.chat.speech.service import Spoken
from app.chat.speech.timings import Timings
from app.chat.speech.until import until
from app.errors import AppError
from app.kit.frozen import frozen
from app.llm import CallContext, Turn
from app.voice import AudioFormat, LiveSpeech, Sound, prose

log = structlog.get_logger()


@frozen
class Uttered:
    """A sentence begins to be heard, or is passed over: code isn't read aloud."""

    sentence: Sentence


@frozen
class Voiced:
    """`sentence` is the index of the one that the sound begins in. Times count from the first
    sound."""

    sentence: int
    sound: Sound


@frozen
class Muted:
    """There is no voice any more, for this reason; sentences go on."""

    error: AppError


@frozen
class Over:
    """The end. `stopped` by somebody who wanted to hear no more; `sentences` were told."""

    sentences: int
    stopped: bool


Heard = Uttered | Voiced | Muted | Over


@dataclass(frozen=True, slots=True)
class Listening:
    """What is to be heard, by whom: the sentences after the one of index `after`."""

    tenant_id: str
    generation_id: UUID
    voice_id: str
    form: AudioFormat = AudioFormat.MP3
    after: int = 0


class Voicing:
    def __init__(
        self, spoken: Spoken, logs: GenerationLogs, live: LiveSpeech, timings: Timings
    ) -> None:
        self._spoken = spoken
        self._logs = logs
        self._live = live
        self._timings = timings

    async def hear(self, listening: Listening) -> AsyncGenerator[Heard]:
        """An answer that is made or was, `Over` last. To be closed by whoever stops listening,
        which ends the speech and nothing else; whoever stops the answer ends the speech, too.

        Raises what `LiveSpeech.speak` raises, before the first sound; `GenerationNotFound`; and
        after all that was said, `AnswerBroke`.
        """
        row = await self._logs.get(listening.tenant_id, listening.generation_id)
        context = CallContext(
            row.tenant_id,
            run_id=row.id,
            conversation_id=row.conversation_id,
            turn=Turn(message_id=row.message_id),
        )
        stop, told = asyncio.Event(), listening.after
        with self._logs.stopping(row.id, stop.set):
            async with aclosing(until(stop, self._heard(listening, context))) as events:
                async for event in events:
                    if isinstance(event, Uttered):
                        told = event.sentence.index
                    yield event
        yield Over(told, stopped=stop.is_set())

    async def _heard(self, listening: Listening, context: CallContext) -> AsyncGenerator[Heard]:
        sentences = self._spoken.speak(
            listening.tenant_id, listening.generation_id, after=listening.after
        )
        async with ReadAhead(sentences) as script:
            place = Place()
            try:
                async with aclosing(self._voiced(script, place, listening, context)) as events:
                    async for event in events:
                        yield event
            except AppError as error:
                if not place.index:
                    raise
                log.warning("speech.muted", code=error.code, cause=error.message)
                yield Muted(error)
            for sentence in place.rest():
                yield Uttered(sentence)
            async for sentence in script.rest():
                yield Uttered(sentence)

    async def _voiced(
        self, script: ReadAhead, place: Place, listening: Listening, context: CallContext
    ) -> AsyncGenerator[Heard]:
        """As many speeches as it takes: one has no more characters than are spoken at once."""
        clock = _FirstSound(self._timings, listening)
        telling = _Telling(script, place, clock, self._live.most)
        before, more = 0.0, True
        while more:
            elapsed = before
            speech = self._live.speak(telling.texts(), listening.voice_id, listening.form, context)
            async with aclosing(speech) as sounds:
                async for sound in sounds:
                    index, begun = place.hear(sound)
                    for sentence in begun:
                        yield Uttered(sentence)
                    elapsed = max(elapsed, *[before + end for end in sound.ends], elapsed)
                    yield Voiced(index, _later(sound, before))
                    await clock.heard()
            before, more = elapsed, await telling.more()


class _Telling:
    """What is spoken of the sentences, in speeches of `most` characters."""

    def __init__(self, script: ReadAhead, place: Place, clock: "_FirstSound", most: int) -> None:
        self._script = script
        self._place = place
        self._clock = clock
        self._most = most
        self._parts: deque[str] = deque()

    async def texts(self) -> AsyncGenerator[str]:
        """Those of the next speech."""
        left = self._most
        while await self.more() and len(self._parts[0]) <= left:
            part = self._parts.popleft()
            left -= len(part)
            self._clock.asked()
            yield part

    async def more(self) -> bool:
        """Whether anything is left to be spoken, as soon as that is known."""
        while not self._parts and (sentence := await self._script.peek()) is not None:
            self._script.take()
            spoken = "" if sentence.code else prose(sentence.text).text
            self._place.expect(sentence, spoken)
            if len(spoken) > self._most:
                self._parts.extend(wrap(spoken, self._most))
            elif spoken:
                self._parts.append(spoken)
        return bool(self._parts)


class _FirstSound:
    """Notes how long it took."""

    def __init__(self, timings: Timings, listening: Listening) -> None:
        self._timings = timings
        self._listening = listening
        self._asked_at: float | None = None
        self._noted = False

    def asked(self) -> None:
        if self._asked_at is None:
            self._asked_at = time.monotonic()

    async def heard(self) -> None:
        if self._noted or self._asked_at is None:
            return
        self._noted = True
        tenant_id, generation_id = self._listening.tenant_id, self._listening.generation_id
        took = (time.monotonic() - self._asked_at) * 1000
        self._timings.note(tenant_id, "text_to_speech", took, generation_id)
        if not self._listening.after:
            await self._timings.first_sound(tenant_id, generation_id)


def _later(sound: Sound, seconds: float) -> Sound:
    if not seconds:
        return sound
    starts = tuple([round(start + seconds, 3) for start in sound.starts])
    ends = tuple([round(end + seconds, 3) for end in sound.ends])
    return Sound(sound.audio, sound.characters, starts, ends)
