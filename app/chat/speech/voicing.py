"""An answer aloud: its sentences go to the voice as they come, and come back as sound."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog

from app.chat.generations import GenerationLogs
from app.chat.speech.heard import Heard, Listening, Muted, Over, Uttered, Voiced
from app.chat.speech.place import Place
from app.chat.speech.read_ahead import ReadAhead
from app.chat.speech.service import Spoken
from app.chat.speech.telling import FirstSound, Telling
from app.chat.speech.timings import Timings
from app.chat.speech.until import until
from app.errors import AppError
from app.llm import CallContext, Turn
from app.voice import LiveSpeech, Sound

log = structlog.get_logger()


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
        clock = FirstSound(self._timings, listening)
        telling = Telling(script, place, clock, self._live.most)
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


def _later(sound: Sound, seconds: float) -> Sound:
    if not seconds:
        return sound
    starts = tuple([round(start + seconds, 3) for start in sound.starts])
    ends = tuple([round(end + seconds, 3) for end in sound.ends])
    return Sound(sound.audio, sound.characters, starts, ends)
