"""Finished speech: kept, found, put out, and never in the way."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from os import utime
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.db import EVERY_TENANT, Database
from app.voice.clips import Bucket, Clip, Clips, open_clips
from app.voice.clips.repository import ClipRows
from app.voice.formats import AudioFormat
from app.voice.utterance import Delivery, Sound, Utterance
from tests.voice.s3 import FakeS3

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def utterance(text: str = "Hello", *, timed: bool = False) -> Utterance:
    return Utterance(text, "JBFqnCBsd6RMkjVDRZzb", "eleven_flash_v2_5", timed=timed)


SOUNDS = [
    Sound(b"Hel", ("H", "e", "l"), (0, 0.1, 0.2), (0.1, 0.2, 0.3)),
    Sound(b"lo", ("l", "o"), (0.3, 0.4), (0.4, 0.5)),
]


async def whole(clip: Clip | None) -> bytes | None:
    return None if clip is None else b"".join([piece async for piece in clip.read()])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def clips(database: Database, tmp_path: Path, clock: Clock) -> AsyncIterator[Clips]:
    opened = open_clips(tmp_path / "voice", 1000, database, clock)
    yield opened
    await opened.aclose()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_whatever_is_heard_is_in_the_key() -> None:
    said = utterance()
    others = [
        replace(said, text="hello"),
        replace(said, voice_id="another"),
        replace(said, model="another"),
        replace(said, format=AudioFormat.OPUS),
        replace(said, timed=True),
        replace(said, delivery=Delivery(speed=1.1)),
        replace(said, delivery=Delivery(style=1.1)),
    ]
    assert len({each.key for each in [said, *others]}) == len(others) + 1
    assert said.key == utterance().key


async def test_what_is_kept_is_found(clips: Clips) -> None:
    for timed in (False, True):
        said = utterance(timed=timed)
        assert await clips.find(said) is None
        await clips.keep(said, SOUNDS)
        found = await clips.find(said)
        assert found is not None
        assert (list(found.sounds) if found.sounds else None) == (SOUNDS if timed else None)
    assert await whole(await clips.find(utterance())) == b"Hello"
    assert await clips.find(utterance("Hello!")) is None


async def test_a_damaged_or_missing_file_is_none(clips: Clips, tmp_path: Path) -> None:
    for timed in (False, True):
        await clips.keep(utterance(timed=timed), SOUNDS)
    for path in files(tmp_path / "voice"):
        path.write_bytes(b"?" * path.stat().st_size if path.stat().st_size > 5 else b"Hel")
    assert await clips.find(utterance()) is None
    assert await clips.find(utterance(timed=True)) is None
    await clips.keep(utterance(), SOUNDS)
    assert await whole(await clips.find(utterance())) == b"Hello"
    for path in files(tmp_path / "voice"):
        path.unlink()
    assert await clips.find(utterance()) is None


async def test_what_was_heard_longest_ago_goes_first(
    clips: Clips, clock: Clock, tmp_path: Path
) -> None:
    sounds = [Sound(b"x" * 300)]
    for name in "abc":
        await clips.keep(utterance(name), sounds)
        clock.now += timedelta(hours=1)
    assert await clips.find(utterance("a")) is not None
    await clips.keep(utterance("d"), sounds)
    await clips.housekeeping.evict()
    left = [name for name in "abcd" if await clips.find(utterance(name))]
    assert left == ["a", "c", "d"]
    assert len(files(tmp_path / "voice")) == 3
    await clips.keep(utterance("huge"), [Sound(b"x" * 1001)])
    assert await clips.find(utterance("huge")) is None


async def test_files_and_rows_are_kept_in_step(
    clips: Clips, clock: Clock, database: Database, tmp_path: Path
) -> None:
    clock.now = datetime.now(UTC)
    for name in "ab":
        await clips.keep(utterance(name), SOUNDS)
    clock.now += timedelta(hours=2)
    a, b = utterance("a").key, utterance("b").key
    (tmp_path / "voice" / a[:2] / a).unlink()
    async with database.begin(EVERY_TENANT) as unit:
        await ClipRows(unit).delete([b])
    young = tmp_path / "voice" / "00" / ("00" * 32)
    young.parent.mkdir(exist_ok=True)
    young.write_bytes(b"on its way")
    later = (clock.now + timedelta(minutes=1)).timestamp()
    utime(young, (later, later))
    await clips.housekeeping.tidy()
    assert files(tmp_path / "voice") == [young]
    async with database.read(EVERY_TENANT) as unit:
        assert await ClipRows(unit).known([a, b]) == set()


async def test_storage_that_is_away_is_skipped(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "voice").write_bytes(b"a file where a folder should be")
    clips = open_clips(tmp_path / "voice", 1000, database, clock)
    await clips.keep(utterance(), SOUNDS)
    assert await clips.find(utterance()) is None
    await clips.aclose()


async def test_nothing_is_kept_where_nothing_may_be(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    clips = open_clips(tmp_path / "voice", 0, database, clock)
    await clips.keep(utterance(), SOUNDS)
    assert await clips.find(utterance()) is None
    assert not (tmp_path / "voice").exists()
    await clips.aclose()


async def test_a_bucket_does_as_well(database: Database, clock: Clock) -> None:
    async with FakeS3() as s3:
        secret = SecretStr("sk-canary-s3")
        bucket = Bucket("s3://parley/voice", s3.base_url, "us-east-1", SecretStr("id"), secret)
        clips = open_clips(bucket, 1000, database, clock)
        await clips.keep(utterance(), SOUNDS)
        assert [*s3.objects] == [f"/parley/voice/{utterance().key[:2]}/{utterance().key}"]
        found = await clips.find(utterance())
        assert await whole(found) == b"Hello"
        assert found is not None
        assert b"".join([piece async for piece in found.read(1, 3)]) == b"el"
        s3.objects.clear()
        assert await clips.find(utterance()) is None
        await clips.aclose()
