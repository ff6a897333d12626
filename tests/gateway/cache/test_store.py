"""Recordings come back as they were, and a database that is away is no answer, quickly."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import func, select

from app.accounts import Tenant
from app.db import Address, Database
from app.gateway.cache import AnswerStore
from app.gateway.cache.models import CachedAnswer
from app.gateway.cache.store import StoreOptions
from app.llm import CacheStore, End, ModelEvent, ModelRef, Recording, TextDelta, WireChunk
from tests.fakes.postgres_proxy import PostgresProxy

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
KEY = "0" * 64
EVENTS: tuple[ModelEvent, ...] = (
    TextDelta("Grüße\x00 "),
    WireChunk(b'data: {"x": "\xe2\x82\xac"}\n\n', 3),
    End("stop", ModelRef("openrouter", "openai/gpt-5-mini")),
)
PATIENT = StoreOptions(patience=30, pause=0.05, write_timeout=30, bound=10_000)
QUICK = replace(PATIENT, patience=0.2, write_timeout=0.5)


def recording(*events: ModelEvent, until: datetime = NOW + timedelta(hours=1)) -> Recording:
    return Recording.of(events or EVENTS, until)


def opened(database: Database, now: datetime = NOW, monotonic: float = 0.0) -> AnswerStore:
    return AnswerStore(database, PATIENT, clock=lambda: now, monotonic=lambda: monotonic)


def hurried(database: Database, monotonic: Callable[[], float] = lambda: 0.0) -> AnswerStore:
    return AnswerStore(database, QUICK, clock=lambda: NOW, monotonic=monotonic)


async def written(database: Database) -> None:
    store = opened(database)
    store.put("default", KEY, recording())
    assert await store.flush()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


async def count(database: Database) -> int:
    async with database.read("default") as unit:
        found = await unit.session.scalar(select(func.count()).select_from(CachedAnswer))
    return found or 0


async def test_is_what_the_core_asks_for(database: Database) -> None:
    store: CacheStore = opened(database)
    assert await store.get("default", KEY) is None


async def test_a_recording_comes_back_as_it_was(database: Database) -> None:
    store = opened(database)
    store.put("default", KEY, recording())
    assert await store.flush()

    assert await opened(database).get("default", KEY) == recording()
    assert await store.get("default", "1" * 64) is None


async def test_each_tenant_has_its_own(database: Database) -> None:
    async with database.begin("other") as unit:
        unit.session.add(Tenant(id="other", created_at=NOW))
    store = opened(database)
    store.put("other", KEY, recording())
    await store.flush()

    assert await store.get("default", KEY) is None
    assert await store.get("other", KEY) is not None


async def test_the_newest_counts(database: Database) -> None:
    store = opened(database)
    newer = recording(TextDelta("new"), until=NOW + timedelta(hours=2))
    for each in (recording(), newer):
        store.put("default", KEY, each)
    await store.flush()

    assert await store.get("default", KEY) == newer
    assert await count(database) == 1


async def test_what_has_expired_is_not_found_and_is_removed(database: Database) -> None:
    store = opened(database)
    store.put("default", KEY, recording())
    store.put("default", "1" * 64, recording(until=NOW + timedelta(hours=3)))
    await store.flush()
    later = opened(database, NOW + timedelta(hours=1))

    assert await later.get("default", KEY) is None
    await later.expire()
    assert await count(database) == 1
    assert await later.get("default", "1" * 64) is not None


async def test_writes_in_the_background(database: Database) -> None:
    store = opened(database)
    running = asyncio.create_task(store.run())
    store.put("default", KEY, recording())
    await until(lambda: store.queued_bytes == 0)
    running.cancel()
    await asyncio.wait({running})

    assert await store.get("default", KEY) is not None


async def test_what_cannot_be_written_holds_up_nothing(database: Database) -> None:
    store = opened(database)
    store.put("nobody", KEY, recording())
    store.put("default", KEY, recording(WireChunk(b"\xff", 1)))
    store.put("default", KEY, recording())
    await store.flush()

    assert store.dropped == 2
    assert await store.get("default", KEY) == recording()


async def test_only_so_much_waits(database: Database) -> None:
    store = opened(database)
    for _ in range(100):
        store.put("default", KEY, recording())

    assert store.queued_bytes <= PATIENT.bound
    assert 0 < store.dropped < 100


async def test_a_row_that_makes_no_sense_is_no_answer(database: Database, address: Address) -> None:
    with psycopg.connect(address.libpq) as connection:
        connection.execute(
            "INSERT INTO cached_answers VALUES ('default', %s, '[[\"?\"]]', 1, %s)",
            [KEY, NOW + timedelta(hours=1)],
        )
    assert await opened(database).get("default", KEY) is None


@pytest.mark.parametrize("how", [PostgresProxy.go_away, PostgresProxy.hang])
async def test_a_database_that_is_away(
    far_database: Database, proxy: PostgresProxy, how: Callable[[PostgresProxy], None]
) -> None:
    await written(far_database)
    store = hurried(far_database)
    store.put("default", "1" * 64, recording())
    how(proxy)

    async with asyncio.timeout(8):  # the driver alone would take ten
        assert await store.get("default", KEY) is None
        assert await store.get("default", KEY) is None
        assert not await store.flush()
    assert store.queued_bytes > 0


async def test_a_database_that_was_away_is_asked_again_after_a_pause(
    far_database: Database, proxy: PostgresProxy
) -> None:
    now = 0.0
    await written(far_database)
    store = hurried(far_database, lambda: now)
    proxy.go_away()
    assert await store.get("default", KEY) is None
    proxy.come_back()
    assert await store.get("default", KEY) is None

    async with asyncio.timeout(30):
        found = None
        while found is None:  # new connections take their time
            now += QUICK.pause
            found = await store.get("default", KEY)
    assert found == recording()
