"""Puts the parts of speech together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app.chat.generations import GenerationLogs
from app.chat.speech.aloud import ConversationMessages
from app.chat.speech.service import Spoken
from app.chat.speech.talking import Talking
from app.chat.speech.timings import Timings
from app.chat.speech.voicing import Voicing
from app.chat.turns import Turns
from app.db import Database
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.kit.owned import owned
from app.voice import Voice


@frozen
class Speech:
    """`messages` finds what was said, to be read aloud."""

    messages: ConversationMessages
    spoken: Spoken
    talking: Talking
    timings: Timings
    voicing: Voicing


@asynccontextmanager
async def open_speech(
    database: Database, clock: Clock, *, turns: Turns, generations: GenerationLogs, voice: Voice
) -> AsyncIterator[Speech]:
    """At the end of the block, what was noted last is written."""
    async with AsyncExitStack() as stack:
        timings = Timings(database, clock)
        stack.push_async_callback(timings.aclose)
        await stack.enter_async_context(owned("timings", timings.run))
        spoken = Spoken(turns, generations, timings)
        yield Speech(
            ConversationMessages(database, voice.casting.narrator),
            spoken,
            Talking(voice.transcription, spoken),
            timings,
            Voicing(spoken, generations, voice.live, timings),
        )
