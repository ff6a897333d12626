"""Speech that is on its way, by what it says: made once for all who want it now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import structlog

from app.errors import AppError
from app.llm import BudgetUnavailable, CallContext, Task
from app.voice.accounting import Accounting
from app.voice.clips import Clips
from app.voice.elevenlabs import ElevenLabs
from app.voice.errors import VoiceOverBudget, VoiceUnavailable
from app.voice.making import Making
from app.voice.utterance import Utterance

log = structlog.get_logger()

_MOST_AT_ONCE = 50
_THE_MAKERS = (VoiceOverBudget, BudgetUnavailable)
"""Failures that tell something about who pays, and nothing about the voice."""


class Makings:
    """Whoever comes first pays; who follows has a row in the ledger that costs nothing."""

    def __init__(self, vendor: ElevenLabs, clips: Clips, accounting: Accounting) -> None:
        self._vendor = vendor
        self._clips = clips
        self._accounting = accounting
        self._makings: dict[str, Making] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def under_way(self, utterance: Utterance) -> Making | None:
        found = self._makings.get(utterance.key)
        return found if found is not None and found.joinable else None

    @asynccontextmanager
    async def join(self, utterance: Utterance, context: CallContext) -> AsyncIterator[Making]:
        """A making with its first sound, listened to until the block ends: the one that is under
        way, else a new one.

        Raises `VoiceUnavailable`, `UnknownVoice`, `VoiceOverBudget`, `BudgetUnavailable` before the
        block.
        """
        while (found := self.under_way(utterance)) is not None:
            with found.listening():
                if await self._begun(found, utterance, context):
                    async with self.free(utterance, context):
                        yield found
                    return
        making = self._begin(utterance, context)
        with making.listening():
            await making.begun()
            yield making

    def free(self, utterance: Utterance, context: CallContext) -> AbstractAsyncContextManager[None]:
        """The row of who hears what costs nothing any more."""
        return self._accounting.free(Task.SPEECH, utterance.model, context)

    async def aclose(self) -> None:
        """Hangs up on whatever is still spoken."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)

    async def _begun(self, making: Making, utterance: Utterance, context: CallContext) -> bool:
        """Waits for somebody else's first sound; False when they couldn't pay for it."""
        try:
            await making.begun()
        except _THE_MAKERS:
            return False
        except BaseException:
            async with self.free(utterance, context):
                raise
        return True

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
        except AppError as error:
            making.end(error)
        except Exception as error:
            log.exception("voice.making_failed")
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
