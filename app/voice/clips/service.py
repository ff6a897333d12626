"""Keeps finished speech and finds it again. Never in the way: storage or a database that is away
or slow means that speech is made anew, and a warning."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database
from app.kit.clock import Clock
from app.kit.deadline import within
from app.voice.clips import timed
from app.voice.clips.clip import Clip
from app.voice.clips.housekeeping import Housekeeping
from app.voice.clips.repository import ClipRows
from app.voice.clips.store import Bucket, ClipLost, ClipStore, StorageAway
from app.voice.models import VoiceClip
from app.voice.utterance import Sound, Utterance

log = structlog.get_logger()

T = TypeVar("T")

_FIND_SECONDS = 2.0
_KEEP_SECONDS = 10.0
_PEACE_SECONDS = 15.0


class Clips:
    """At most `bound` bytes are kept, those heard last; with 0 nothing is."""

    def __init__(self, database: Database, store: ClipStore, clock: Clock, *, bound: int) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._bound = bound
        self._keeping: set[asyncio.Task[None]] = set()
        self._skipped_until = 0.0
        self.housekeeping = Housekeeping(database, store, clock, bound=bound)

    async def find(self, utterance: Utterance) -> Clip | None:
        """None when it isn't there, or not whole."""
        if not self._bound:
            return None
        return await self._skipping("find", _FIND_SECONDS, partial(self._find, utterance))

    async def keep(self, utterance: Utterance, sounds: Sequence[Sound]) -> None:
        """Keeps speech that was heard to its end."""
        if self._bound and any(sound.audio for sound in sounds):
            await self._skipping("keep", _KEEP_SECONDS, partial(self._keep, utterance, sounds))

    async def aclose(self) -> None:
        for task in self._keeping:
            task.cancel()
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=1)

    async def _find(self, utterance: Utterance) -> Clip | None:
        key = utterance.key
        async with self._database.read(EVERY_TENANT) as unit:
            row = await ClipRows(unit).get(key)
        if row is None or not (clip := await self._whole(row)):
            return None
        async with self._database.begin(EVERY_TENANT) as unit:
            await ClipRows(unit).used(key, self._clock())
        return clip

    async def _whole(self, row: VoiceClip) -> Clip | None:
        sounds = None
        try:
            whole = await self._store.size(row.key) == row.size
            if whole and row.timed:
                sounds = tuple(timed.read(await self._store.read(row.key, 0, row.size)))
        except (ClipLost, ValueError):
            whole = False
        if not whole:
            log.warning("voice.clip_damaged", key=row.key)
            return None
        return Clip(row.key, row.size, self._store, sounds)

    async def _keep(self, utterance: Utterance, sounds: Sequence[Sound]) -> None:
        data = await asyncio.to_thread(_file, sounds, timed_=utterance.timed)
        if len(data) > self._bound:
            return
        await self._store.put(utterance.key, data)
        async with self._database.begin(EVERY_TENANT) as unit:
            await ClipRows(unit).put(self._row(utterance, len(data)))
        task = asyncio.create_task(self._evict(), name="voice.evict")
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _evict(self) -> None:
        await self._skipping("evict", _KEEP_SECONDS, self.housekeeping.evict)

    def _row(self, utterance: Utterance, size: int) -> VoiceClip:
        now = self._clock()
        return VoiceClip(
            key=utterance.key,
            voice_id=utterance.voice_id,
            model=utterance.model,
            format=utterance.format,
            characters=len(utterance.text),
            size=size,
            timed=utterance.timed,
            made_at=now,
            used_at=now,
        )

    async def _skipping(
        self, what: str, seconds: float, work: Callable[[], Awaitable[T]]
    ) -> T | None:
        """Where it failed just now, it isn't even tried: not every listener waits for it."""
        if time.monotonic() < self._skipped_until:
            return None
        try:
            return await within(seconds, work())
        except (*DATABASE_ERRORS, StorageAway, TimeoutError) as error:
            self._skipped_until = time.monotonic() + _PEACE_SECONDS
            log.warning("voice.clips_skipped", what=what, cause=_cause(error))
            return None


def open_clips(place: Path | Bucket, bound: int, database: Database, clock: Clock) -> Clips:
    return Clips(database, ClipStore(place), clock, bound=bound)


def _file(sounds: Sequence[Sound], *, timed_: bool) -> bytes:
    return timed.written(sounds) if timed_ else b"".join([sound.audio for sound in sounds])


def _cause(error: BaseException) -> str:
    return str(error) if isinstance(error, StorageAway) else type(error).__name__
