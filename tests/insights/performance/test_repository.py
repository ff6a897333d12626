"""On a table with many tenants' rows the questions go by the index, and none takes for ever."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.db import Database
from app.insights.performance.errors import FiguresTooSlow
from app.insights.performance.repository import QUERIES, parameters
from app.insights.performance.service import Performance
from app.insights.performance.window import HOUR, Window

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = Window(NOON, NOON + timedelta(days=1), HOUR)
TABLES = {"generations", "llm_calls", "chat_timings", "message_feedback"}

FILL = (
    "INSERT INTO tenants SELECT 'tenant-' || n, now() FROM generate_series(0, 19) n",
    """INSERT INTO conversations (id, tenant_id, template, remember, created_at, updated_at)
       SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'tenant-' || n % 20,
              'casual', true, :noon, :noon FROM generate_series(1, 8000) n""",
    """INSERT INTO messages (id, conversation_id, depth, role, content, reasoning, tool_calls,
                             status, created_at)
       SELECT id, id, 0, 'assistant', 'Yes.', '', '[]', 'complete', :noon FROM conversations""",
    """INSERT INTO generations (id, tenant_id, conversation_id, message_id, host_id, status,
                                notices, saved_tokens, first_token_ms, started_at, ended_at)
       SELECT id, tenant_id, id, id, id, 'done', '{FALLBACK}', 0, 100,
              :noon + row_number() OVER (ORDER BY id) * interval '10 minutes', :noon
       FROM conversations""",
    """INSERT INTO message_feedback
       SELECT id, tenant_id, 'up', 5, NULL, started_at, started_at FROM generations""",
    """INSERT INTO chat_timings (tenant_id, generation_id, part, ms, at)
       SELECT tenant_id, id, 'end_to_end', 500, started_at FROM generations""",
    """INSERT INTO llm_calls (id, tenant_id, task, status, attempts, prompt_tokens,
                              completion_tokens, cached_tokens, reasoning_tokens, cost_usd,
                              estimated, latency_ms, created_at, cache, cache_write_tokens,
                              savings, decision)
       SELECT id, tenant_id, 'chat', 'ok', '[]', 10, 5, 0, 0, 0.01, false, 900, started_at, 'miss',
              0, '[]', '{}' FROM generations""",
    "ANALYZE generations, llm_calls, chat_timings, message_feedback",
)


@pytest.fixture
async def filled(database: Database) -> Database:
    """Twenty tenants, 8000 answers each ten minutes after the other."""
    async with database.begin("default") as unit:
        for statement in FILL:
            times = {"noon": NOON} if ":noon" in statement else {}
            await unit.session.execute(text(statement), times)
    return database


def performance_of(database: Database, **options: float) -> Performance:
    async def hurry() -> None:
        """There is no ledger."""

    return Performance(database, lambda: NOON, hurry=hurry, **options)


def scans(plan: dict[str, Any]) -> list[tuple[str, str]]:
    """How each table is read: its name, and the kind of the node."""
    own = [(plan["Relation Name"], plan["Node Type"])] if "Relation Name" in plan else []
    return own + [found for child in plan.get("Plans", ()) for found in scans(child)]


async def test_every_question_goes_by_an_index(filled: Database) -> None:
    read = []
    async with filled.read("tenant-3") as unit:
        for query in QUERIES:
            explain = text(f"EXPLAIN (FORMAT JSON) {query.text}")
            plan = await unit.session.scalar(explain, parameters("tenant-3", DAY))
            assert plan is not None
            read += scans(plan[0]["Plan"])
    assert {table for table, _ in read} == TABLES
    assert {kind for _, kind in read} <= {"Index Scan", "Bitmap Heap Scan", "Index Only Scan"}


async def test_the_figures_of_a_filled_table(filled: Database) -> None:
    async with filled.begin("tenant-3") as unit:
        await unit.session.execute(text("SET LOCAL enable_indexscan = off"))
        expected = await unit.session.scalar(
            text(
                "SELECT count(*) FROM generations WHERE tenant_id = 'tenant-3' AND started_at >= "
                ":since AND started_at < :until"
            ),
            {"since": DAY.since, "until": DAY.until},
        )
    report = await performance_of(filled).report("tenant-3", DAY)
    assert expected
    assert f'"generations":{expected},'.encode() in report


async def test_what_takes_too_long_is_given_up_and_said_so(database: Database) -> None:
    async with database.begin("default") as unit:
        await unit.session.execute(text("LOCK TABLE generations IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(FiguresTooSlow, match=r"more than 0\.05 s"):
            await performance_of(database, patience=0.05).report("default", DAY)
    assert await performance_of(database, patience=30).report("default", DAY)


async def test_it_leaves_no_trace_on_the_connection(database: Database) -> None:
    performance = performance_of(database, patience=30)
    await asyncio.gather(*(performance.report("default", DAY) for _ in range(3)))
    async with database.begin("default") as unit:
        assert await unit.session.scalar(text("SHOW statement_timeout")) == "0"
        assert await unit.session.scalar(text("SHOW transaction_read_only")) == "off"
