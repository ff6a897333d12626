"""The voices that there are, kept for a while: a page that lists them never waits for the vendor
twice."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from app.errors import AppError
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.voice.casting import Casting
from app.voice.elevenlabs import ElevenLabs, VendorVoice

log = structlog.get_logger()

_FRESH = timedelta(minutes=10)
_PAUSE = timedelta(seconds=30)


@frozen
class VoicesPage:
    """`uses` has what the casting table takes a voice for, by its id; `told_at` is when the vendor
    told of them."""

    voices: list[VendorVoice]
    total: int
    uses: dict[str, list[str]]
    told_at: datetime


class Voices:
    """A list older than ten minutes is served as it is, while a new one is asked for; and so it is
    for as long as the vendor is away."""

    def __init__(self, vendor: ElevenLabs, casting: Casting, clock: Clock) -> None:
        self._vendor = vendor
        self._clock = clock
        self._uses = casting.uses()
        self._told: tuple[datetime, list[VendorVoice]] | None = None
        self._asked_at: datetime | None = None
        self._asking: asyncio.Task[None] | None = None

    async def page(self, *, limit: int, offset: int) -> VoicesPage:
        """Raises `VoiceOff`; and `VoiceUnavailable` as long as the vendor never told."""
        _ = self._vendor.key
        if self._told is None:
            await asyncio.shield(self._ask())
        elif self._stale(self._told[0]):
            self._ask()
        told_at, voices = self._told or (self._clock(), [])
        return VoicesPage(voices[offset : offset + limit], len(voices), self._uses, told_at)

    async def aclose(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            with suppress(asyncio.CancelledError, AppError):
                await self._asking

    def _stale(self, told_at: datetime) -> bool:
        """Old, and not asked for just now: a vendor that is away is left in peace."""
        now = self._clock()
        return now - told_at > _FRESH and now - (self._asked_at or told_at) > _PAUSE

    def _ask(self) -> "asyncio.Task[None]":
        """One question for all who want to know at the same time."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._refresh(), name="voice.voices")
            self._asking.add_done_callback(_seen)
        return self._asking

    async def _refresh(self) -> None:
        self._asked_at = self._clock()
        try:
            self._told = (self._clock(), await self._vendor.voices())
        except AppError as error:
            log.warning("voice.voices_not_listed", code=error.code, cause=error.message)
            raise


def _seen(task: "asyncio.Task[None]") -> None:
    """Takes note of an error that nobody waits for; the loop would report it."""
    if not task.cancelled():
        task.exception()
