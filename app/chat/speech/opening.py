"""Puts the parts of speech together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from app.chat.generations import GenerationLogs
from app.chat.speech.service import Spoken
from app.chat.speech.timings import Timings
from app.chat.turns import Turns
from app.db import Database
from app.kit.clock import Clock
from app.kit.owned import owned


@dataclass(frozen=True, slots=True)
class Speech:
    spoken: Spoken
    timings: Timings


@asynccontextmanager
async def open_speech(
    database: Database, clock: Clock, *, turns: Turns, generations: GenerationLogs
) -> AsyncIterator[Speech]:
    """At the end of the block, what was noted last is written."""
    async with AsyncExitStack() as stack:
        timings = Timings(database, clock)
        stack.push_async_callback(timings.aclose)
        await stack.enter_async_context(owned("timings", timings.run))
        yield Speech(Spoken(turns, generations, timings), timings)
