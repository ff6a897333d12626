"""Entries reach the database whatever happens to it, and what doesn't is counted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from uuid import UUID

from sqlalchemy import event, text

from app.accounts import Tenant
from app.db import Database
from app.gateway import LedgerWriter, WriterOptions
from app.kit.clock import utc_now
from app.kit.ids import new_id
from app.llm import (
    Attempt,
    CacheUse,
    CallContext,
    CallStatus,
    LedgerEntry,
    ModelRef,
    Saving,
    Usage,
)
from tests.fakes.postgres_proxy import PostgresProxy
from tests.gateway.conftest import HAIKU, ReadRows, entries, entry

QUICK = WriterOptions(interval=0.01, longest_pause=0.05)


@asynccontextmanager
async def running(writer: LedgerWriter) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(writer.run())
    try:
        yield task
    finally:
        task.cancel()
        async with asyncio.timeout(5):  # the driver alone would take ten on one that hangs
            await asyncio.wait({task})


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.005)


def record(writer: LedgerWriter, recorded: list[LedgerEntry]) -> set[UUID]:
    for each in recorded:
        writer.record(each)
    return {each.id for each in recorded}


WAITING = "FROM pg_locks WHERE relation = 'llm_calls'::regclass AND NOT granted"


@asynccontextmanager
async def locked(database: Database) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Nobody can write to the table during the block. Yields what waits until somebody tries."""
    async with database.engine.connect() as connection:
        await connection.execute(text("LOCK TABLE llm_calls IN EXCLUSIVE MODE"))

        async def tried() -> None:
            async with asyncio.timeout(20):
                while not await connection.scalar(text(f"SELECT count(*) {WAITING}")):
                    await asyncio.sleep(0.005)

        yield tried


async def terminate_writers(database: Database) -> None:
    async with database.engine.connect() as connection:
        await connection.execute(text(f"SELECT pg_terminate_backend(pid) {WAITING}"))


class TestRows:
    async def test_hold_what_the_entry_says(self, database: Database, rows: ReadRows) -> None:
        writer = LedgerWriter(database)
        told = entry()
        record(writer, [told])
        assert await writer.flush(10)
        row = (await rows())[told.id]
        assert (row.task, row.asked, row.run_id) == ("seller_turn", str(HAIKU), told.context.run_id)
        assert (row.provider, row.model) == (HAIKU.provider, HAIKU.model)
        assert (row.status, row.error, row.estimated) == ("ok", None, False)
        tokens = (row.prompt_tokens, row.completion_tokens, row.cached_tokens, row.reasoning_tokens)
        assert tokens == (100, 20, 5, 7)
        assert row.cost_usd == Decimal("0.000000123456789")
        assert (row.latency_ms, row.first_token_ms) == (130, 90)
        assert row.created_at == told.created_at

    async def test_hold_what_was_decided_and_saved(
        self, database: Database, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(database)
        told = entry(
            context=CallContext("default", key_id="k1"),
            usage=Usage(100, 20, 5, 7, 3),
            cache=CacheUse.MISS,
            savings=(Saving("blocks", 120, 100),),
            decision={"profile": "chat", "candidates": [{"model": str(HAIKU)}]},
            profile="chat",
            complexity="simple",
        )
        record(writer, [told])
        assert await writer.flush(10)
        row = (await rows())[told.id]
        assert (row.key_id, row.profile, row.complexity) == ("k1", "chat", "simple")
        assert (row.cache, row.cache_write_tokens) == ("miss", 3)
        assert row.savings == [{"strategy": "blocks", "tokens_before": 120, "tokens_after": 100}]
        assert row.decision == told.decision

    async def test_have_the_cost_of_every_try_that_was_heard(
        self, database: Database, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(database)
        told = entry(
            attempts=(
                Attempt(HAIKU, "LLM_BAD_GATEWAY", "cut", 9, 3, Usage(10, 2), estimated=True),
                Attempt(HAIKU, None, None, 9, 3, Usage(10, 5)),
            ),
            costs=(None, Decimal("0.00012")),
        )
        record(writer, [told])
        assert await writer.flush(10)
        first, second = (await rows())[told.id].attempts
        heard = {"prompt_tokens": 10, "completion_tokens": 2, "cost_usd": None}
        assert heard.items() <= first.items()
        assert (second["completion_tokens"], second["cost_usd"]) == (5, "0.00012")

    async def test_of_a_call_that_nobody_answered(self, database: Database, rows: ReadRows) -> None:
        writer = LedgerWriter(database)
        other = ModelRef("ollama", "llama3.2:3b")
        tries = (
            Attempt(HAIKU, "LLM_TIMEOUT", "silent for 30 s", 30_000),
            Attempt(other, "LLM_PROVIDER_UNAVAILABLE", "can't be reached", 2),
        )
        failed = entry(
            context=CallContext("default"),
            asked=None,
            used=None,
            status=CallStatus.ERROR,
            error="LLM_PROVIDER_UNAVAILABLE",
            attempts=tries,
            usage=Usage(),
            cost=None,
            first_token_ms=None,
        )
        record(writer, [failed])
        assert await writer.flush(10)
        row = (await rows())[failed.id]
        absent = (row.run_id, row.asked, row.provider, row.model, row.cost_usd, row.first_token_ms)
        assert absent == (None,) * 6
        assert (row.status, row.error) == ("error", "LLM_PROVIDER_UNAVAILABLE")
        assert row.attempts == [
            {
                "provider": "openrouter",
                "model": "anthropic/claude-haiku:free",
                "status": "error",
                "error": "LLM_TIMEOUT",
                "message": "silent for 30 s",
                "latency_ms": 30_000,
                "first_token_ms": None,
            },
            {
                "provider": "ollama",
                "model": "llama3.2:3b",
                "status": "error",
                "error": "LLM_PROVIDER_UNAVAILABLE",
                "message": "can't be reached",
                "latency_ms": 2,
                "first_token_ms": None,
            },
        ]

    async def test_keep_the_tenant_of_each_call(self, database: Database, rows: ReadRows) -> None:
        async with database.begin("*") as unit:
            await unit.session.merge(Tenant(id="acme", created_at=utc_now()))
        writer = LedgerWriter(database)
        ours, theirs = entry(), entry(context=CallContext("acme"))
        record(writer, [ours, theirs])
        assert await writer.flush(10)
        stored = await rows()
        assert (stored[ours.id].tenant_id, stored[theirs.id].tenant_id) == ("default", "acme")

    async def test_are_one_for_an_entry_that_is_written_twice(
        self, database: Database, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(database)
        told = entry()
        record(writer, [told, told])
        assert await writer.flush(10)
        record(writer, [told])
        assert await writer.flush(10)
        assert set(await rows()) == {told.id}


class TestBatches:
    async def test_are_as_few_as_their_size_allows(
        self, database: Database, rows: ReadRows
    ) -> None:
        statements: list[str] = []
        event.listen(
            database.engine.sync_engine,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, *_: statements.append(statement),
        )
        writer = LedgerWriter(database, WriterOptions(batch=500))
        ids = record(writer, entries(1200))
        assert (writer.queued, writer.written) == (1200, 0)
        assert await writer.flush(20)
        assert (writer.queued, writer.written, writer.lost) == (0, 1200, 0)
        assert set(await rows()) == ids
        assert sum("INSERT INTO llm_calls" in statement for statement in statements) == 3

    async def test_are_written_as_they_come(self, database: Database, rows: ReadRows) -> None:
        writer = LedgerWriter(database, QUICK)
        async with running(writer):
            for number in range(1, 4):
                record(writer, entries(2))
                await until(lambda: writer.written == 2 * number)  # noqa: B023  # awaited here
        assert len(await rows()) == 6

    async def test_leave_out_only_what_the_database_cannot_hold(
        self, database: Database, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(database, WriterOptions(batch=8))
        good = entries(30)
        homeless = entry(context=CallContext("no-such-tenant"))
        unreadable = entry(attempts=(Attempt(HAIKU, "LLM_BAD_GATEWAY", "a \0 in it", 1),))
        surrogate = entry(attempts=(Attempt(HAIKU, "LLM_BAD_GATEWAY", "a \ud800 in it", 1),))
        record(writer, [*good[:5], homeless, *good[5:9], unreadable, surrogate, *good[9:]])
        assert await writer.flush(20)
        assert set(await rows()) == {each.id for each in good}
        assert (writer.written, writer.lost, writer.queued) == (30, 3, 0)


class TestTheDatabaseAway:
    async def test_rows_wait_and_are_written_when_it_is_back(
        self, far_database: Database, proxy: PostgresProxy, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(far_database, QUICK)
        async with running(writer):
            ids = record(writer, entries(10))
            await until(lambda: writer.written == 10)
            proxy.go_away()
            ids |= record(writer, entries(15))
            assert not await writer.flush(0.3)
            assert writer.queued == 15
            proxy.come_back()
            await until(lambda: writer.queued == 0)
        assert set(await rows()) == ids
        assert (writer.written, writer.lost) == (25, 0)

    async def test_rows_survive_the_end_of_the_connection_that_writes_them(
        self, database: Database, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(database, QUICK)
        async with running(writer):
            async with locked(database) as is_tried:
                ids = record(writer, entries(10))
                await is_tried()
                await terminate_writers(database)
            await until(lambda: writer.queued == 0)
        assert set(await rows()) == ids
        assert (writer.written, writer.lost) == (10, 0)

    async def test_what_is_over_the_bound_is_dropped_and_counted(
        self, far_database: Database, proxy: PostgresProxy, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(far_database, WriterOptions(bound=10, interval=0.01))
        proxy.go_away()
        kept, dropped = entries(10), entries(7)
        record(writer, [*kept, *dropped])
        assert (writer.queued, writer.lost) == (10, 7)
        proxy.come_back()
        assert await writer.flush(20)
        assert set(await rows()) == {each.id for each in kept}
        assert (writer.written, writer.lost) == (10, 7)

    async def test_one_that_hangs_holds_nobody_up(
        self, far_database: Database, proxy: PostgresProxy, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(far_database, QUICK)
        async with running(writer):
            ids = record(writer, entries(1))
            await until(lambda: writer.written == 1)
            proxy.hang()
            ids |= record(writer, entries(5))
            assert not await writer.flush(0.2)
        assert writer.queued == 5
        proxy.come_back()
        assert await writer.flush(20)
        assert set(await rows()) == ids


class TestHurrying:
    async def test_what_waits_is_written_without_a_rest(
        self, database: Database, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(database, WriterOptions(interval=60))
        async with running(writer):
            ids = record(writer, entries(7))
            assert await writer.hurry(20)
            assert set(await rows()) == ids

    async def test_with_nothing_to_write_is_over_at_once(self, database: Database) -> None:
        assert not await LedgerWriter(database).hurry(60)

    async def test_does_not_wait_for_a_database_that_is_away(
        self, far_database: Database, proxy: PostgresProxy
    ) -> None:
        writer = LedgerWriter(far_database, QUICK)
        proxy.go_away()
        record(writer, entries(1))
        assert not await writer.flush(0.3)
        assert not await writer.hurry(60)

    async def test_has_an_end(self, database: Database, rows: ReadRows) -> None:
        writer = LedgerWriter(database, QUICK)
        async with locked(database) as is_tried, running(writer):
            ids = record(writer, entries(3))
            await is_tried()
            assert await writer.hurry(0.02)
            assert writer.queued == 3
        assert await writer.flush(20)
        assert set(await rows()) == ids

    async def test_a_call_that_held_a_reservation_is_written_at_once(
        self, database: Database
    ) -> None:
        writer = LedgerWriter(database, WriterOptions(interval=60))
        async with running(writer):
            record(writer, [entry(reservation=new_id())])
            await until(lambda: writer.written == 1)


class TestTheEnd:
    async def test_cancelled_in_mid_batch_nothing_is_lost(
        self, database: Database, rows: ReadRows
    ) -> None:
        writer = LedgerWriter(database, QUICK)
        async with locked(database) as is_tried, running(writer):
            ids = record(writer, entries(20))
            await is_tried()
        assert (writer.queued, writer.written) == (20, 0)
        await writer.aclose()
        assert set(await rows()) == ids
        assert (writer.written, writer.lost) == (20, 0)

    async def test_what_could_not_be_written_is_counted(
        self, far_database: Database, proxy: PostgresProxy
    ) -> None:
        proxy.go_away()
        writer = LedgerWriter(far_database, QUICK)
        record(writer, entries(4))
        await writer.aclose(0.2)
        assert (writer.queued, writer.written, writer.lost) == (0, 0, 4)

    async def test_an_entry_that_comes_too_late_is_counted(self, database: Database) -> None:
        writer = LedgerWriter(database)
        await writer.aclose()
        record(writer, entries(2))
        assert (writer.queued, writer.lost) == (0, 2)
