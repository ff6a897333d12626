"""What calls really cost, found out afterwards: on a real database, from an OpenRouter on loopback
that adds up later."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text

from app.db import EVERY_TENANT, Address, Database
from app.gateway import Settlement
from app.gateway.budgets.budget import Period, Scope
from app.gateway.calls.models import LedgerRow
from app.kit.clock import utc_now
from app.llm import (
    Attempt,
    CallContext,
    CallStatus,
    Connection,
    LLMClient,
    Message,
    ModelRef,
    ModelRequest,
    Role,
    Task,
    Usage,
    build_client,
)
from tests.fakes.openrouter import GENERATION, FakeOpenRouter
from tests.fixtures.service import RunService
from tests.gateway.budgets.conftest import NOON, Hands, Process, budget, process_on
from tests.gateway.conftest import entry

MODEL = ModelRef("openrouter", "anthropic/claude-haiku-4.5")
GUESS = Attempt(MODEL, "CANCELLED", "the caller left", 1, 1, Usage(8, 2), True, False, "gen-1")
LEFT = {
    "used": MODEL,
    "status": CallStatus.CANCELLED,
    "attempts": (GUESS,),
    "usage": Usage(8, 2),
    "cost": Decimal("0.01"),
    "estimated": True,
    "created_at": NOON,
    "latency_ms": 1000,
    "context": CallContext("default"),
    "task": Task.CHAT,
}

Look = Callable[..., Awaitable[int]]


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenRouter]:
    async with FakeOpenRouter() as fake:
        yield fake


@pytest.fixture
async def client(upstream: FakeOpenRouter) -> AsyncIterator[LLMClient]:
    connection = Connection(api_key=SecretStr("sk-or"), base_url=upstream.base_url)
    made = build_client({"openrouter": connection})
    yield made
    await made.aclose()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def process(clean_address: Address, clock: Hands) -> AsyncIterator[Process]:
    async with process_on(clean_address, clock) as running:
        yield running


@pytest.fixture
def look(database: Database, client: LLMClient, clock: Hands) -> Look:
    """As a process does that has just started: nothing of before is in its memory."""

    async def looked(**later: float) -> int:
        clock.forward(**later)
        return await Settlement(database, client.settled, clock).look()

    return looked


async def row_of(database: Database, call_id: UUID) -> LedgerRow:
    async with database.read("default") as unit:
        found = await unit.session.scalar(select(LedgerRow).where(LedgerRow.id == call_id))
    assert found is not None
    return found


async def standing(process: Process, name: str = "daily") -> tuple[Decimal, int]:
    found = await process.book.get(name)
    return found.spent.usd, found.spent.tokens


async def ledger_sum(database: Database) -> tuple[Decimal, int]:
    query = "SELECT sum(cost_usd), sum(prompt_tokens + completion_tokens) FROM llm_calls"
    async with database.read(EVERY_TENANT) as unit:
        usd, tokens = (await unit.session.execute(text(query))).one()
    return usd, tokens


async def test_a_guess_gives_way_to_what_was_charged(
    process: Process, database: Database, upstream: FakeOpenRouter, look: Look
) -> None:
    await process.book.put(budget())
    await process.book.put(budget("monthly", period=Period.MONTH, usd=None, tokens=1000))
    await process.book.put(budget("others", scope=Scope(tenant="others")))
    left = entry(**LEFT)
    process.ledger.record(left)
    await process.settle()
    assert await standing(process) == (Decimal("0.01"), 10)
    assert await look(seconds=5) == 0, "it isn't asked at once"

    assert await look(seconds=1) == 1
    row = await row_of(database, left.id)
    assert (row.cost_usd, row.estimated) == (Decimal("0.01"), True), "it was still adding up"

    upstream.generations["gen-1"] = GENERATION
    assert await look(seconds=10) == 1
    row = await row_of(database, left.id)
    assert (row.prompt_tokens, row.completion_tokens) == (10, 25)
    assert (row.cached_tokens, row.reasoning_tokens) == (3, 5)
    assert (row.cost_usd, row.estimated, row.settle_at) == (Decimal("0.0015"), False, None)
    assert (row.status, row.latency_ms) == ("cancelled", 1000)
    (attempt,) = row.attempts
    assert (attempt["prompt_tokens"], attempt["completion_tokens"]) == (10, 25)
    assert (attempt["cost_usd"], attempt["estimated"]) == ("0.0015", False)
    assert await standing(process) == await standing(process, "monthly")
    assert await standing(process, "others") == (Decimal(0), 0)
    assert await standing(process) == await ledger_sum(database) == (Decimal("0.0015"), 35)

    assert await look(hours=1) == 0
    assert upstream.asked_for == ["gen-1", "gen-1"]


async def test_an_entry_that_is_written_again_changes_nothing_back(
    process: Process, database: Database, upstream: FakeOpenRouter, look: Look
) -> None:
    left = entry(**LEFT)
    upstream.generations["gen-1"] = GENERATION
    process.ledger.record(left)
    await process.settle()
    assert await look(minutes=1) == 1
    process.ledger.record(left)
    await process.settle()
    assert (await row_of(database, left.id)).cost_usd == Decimal("0.0015")
    assert await look(minutes=1) == 0


async def test_two_processes_correct_it_once(
    process: Process,
    database: Database,
    upstream: FakeOpenRouter,
    client: LLMClient,
    clock: Hands,
) -> None:
    await process.book.put(budget())
    upstream.generations["gen-1"] = GENERATION
    for _ in range(4):
        process.ledger.record(entry(**LEFT))
    await process.settle()
    clock.forward(minutes=1)
    processes = [Settlement(database, client.settled, clock) for _ in range(3)]
    assert sum(await asyncio.gather(*(each.look() for each in processes))) == 4
    assert upstream.asked_for == ["gen-1"] * 4
    assert await standing(process) == await ledger_sum(database) == (Decimal("0.0060"), 140)


async def test_it_is_asked_ever_less_often_and_given_up_after_an_hour(
    process: Process, database: Database, upstream: FakeOpenRouter, look: Look, clock: Hands
) -> None:
    left = entry(**LEFT)
    process.ledger.record(left)
    await process.settle()
    ages = []
    while (due := (await row_of(database, left.id)).settle_at) is not None:
        clock.now = due
        assert await look() == 1
        ages.append((due - NOON).total_seconds())
    assert ages == [6, 12, 24, 48, 96, 192, 384, 768, 1536, 3072, 3600]
    assert upstream.asked_for == ["gen-1"] * len(ages)
    row = await row_of(database, left.id)
    assert (row.cost_usd, row.estimated) == (Decimal("0.01"), True)


async def test_what_waited_while_nobody_ran_is_asked_once_more(
    process: Process, database: Database, upstream: FakeOpenRouter, look: Look
) -> None:
    upstream.generations["gen-1"] = GENERATION
    left = entry(**LEFT)
    process.ledger.record(left)
    await process.settle()
    assert await look(days=3) == 1
    assert (await row_of(database, left.id)).estimated is False


async def test_each_attempt_for_itself(
    process: Process, database: Database, upstream: FakeOpenRouter, look: Look
) -> None:
    """Refused, guessed at, told, and never heard: the second and the last are asked for."""
    await process.book.put(budget())
    heard = Attempt(MODEL, None, None, 1, 1, Usage(100, 50))
    silent = Attempt(MODEL, "CANCELLED", "the caller left", 1, None, None, False, False, "gen-2")
    refused = Attempt(MODEL, "LLM_BAD_GATEWAY", "no", 1)
    left = entry(
        **LEFT
        | {
            "attempts": (refused, GUESS, heard, silent),
            "usage": Usage(108, 52),
            "costs": (Decimal(0), Decimal("0.01"), Decimal("0.2"), Decimal(0)),
            "cost": Decimal("0.21"),
        }
    )
    process.ledger.record(left)
    await process.settle()
    upstream.generations["gen-2"] = {"total_cost": "0.000001", "tokens_prompt": 7}
    assert await look(seconds=6) == 1
    row = await row_of(database, left.id)
    assert (row.prompt_tokens, row.completion_tokens, row.cost_usd) == (
        115,
        52,
        Decimal("0.210001"),
    )
    assert row.estimated is True
    assert row.settle_at is not None

    upstream.generations["gen-1"] = GENERATION
    assert await look(seconds=10) == 1
    row = await row_of(database, left.id)
    assert (row.prompt_tokens, row.completion_tokens) == (117, 75)
    assert (row.cost_usd, row.estimated) == (Decimal("0.201501"), False)
    assert upstream.asked_for == ["gen-1", "gen-2", "gen-1"]
    assert await standing(process) == await ledger_sum(database) == (Decimal("0.201501"), 192)


async def test_a_price_that_nobody_knew_is_known_then(
    process: Process, database: Database, upstream: FakeOpenRouter, look: Look
) -> None:
    await process.book.put(budget())
    process.ledger.record(entry(**LEFT | {"cost": None, "costs": (None,)}))
    await process.settle()
    upstream.generations["gen-1"] = GENERATION
    assert await look(seconds=6) == 1
    assert await standing(process) == await ledger_sum(database) == (Decimal("0.0015"), 35)


@pytest.mark.parametrize(
    "fields",
    [
        {"estimated": False, "attempts": (Attempt(MODEL, None, None, 1, 1, Usage(8, 2)),)},
        {"attempts": (Attempt(MODEL, "CANCELLED", "left", 1, 1, Usage(8, 2), True, False),)},
        {"attempts": (Attempt(MODEL, None, None, 1, 1, Usage(1, 1), False, True, "gen-1"),)},
    ],
    ids=["heard out", "no name", "told, by name"],
)
async def test_what_isnt_asked(
    process: Process, look: Look, database: Database, fields: dict[str, Any]
) -> None:
    kept = entry(**LEFT | fields)
    process.ledger.record(kept)
    await process.settle()
    assert (await row_of(database, kept.id)).settle_at is None
    assert await look(hours=1) == 0


async def test_many_are_asked_a_few_at_a_time(
    process: Process, upstream: FakeOpenRouter, look: Look
) -> None:
    for _ in range(13):
        process.ledger.record(entry(**LEFT))
    await process.settle()
    assert [await look(seconds=6), await look(), await look()] == [10, 3, 0]
    assert len(upstream.asked_for) == 13


async def test_it_runs_by_itself_and_stops_when_told(
    process: Process, database: Database, upstream: FakeOpenRouter, client: LLMClient, clock: Hands
) -> None:
    for _ in range(12):
        process.ledger.record(entry(**LEFT))
    await process.settle()
    upstream.generations["gen-1"] = GENERATION
    clock.forward(minutes=1)
    task = asyncio.create_task(Settlement(database, client.settled, clock).run())
    async with asyncio.timeout(20):
        while (await ledger_sum(database))[1] != 12 * 35:
            await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_provider_that_is_gone_is_no_trouble(
    process: Process, database: Database, clock: Hands
) -> None:
    process.ledger.record(entry(**LEFT))
    await process.settle()
    client = build_client({})
    assert client.settles is False
    clock.forward(minutes=1)
    assert await Settlement(database, client.settled, clock).look() == 1


async def test_a_stream_that_is_left_by_its_caller(
    process: Process, database: Database, upstream: FakeOpenRouter
) -> None:
    upstream.token_delay = 30
    connection = Connection(api_key=SecretStr("sk-or"), base_url=upstream.base_url)
    client = build_client({"openrouter": connection}, ledger=process.ledger)
    request = ModelRequest(Task.CHAT, (Message(Role.USER, "Hello"),), CallContext("default"), MODEL)
    async with aclosing(client.stream(request)) as events:
        await anext(events)
    await process.settle()
    upstream.generations["gen-1"] = GENERATION
    later = utc_now() + timedelta(minutes=1)
    assert await Settlement(database, client.settled, lambda: later).look() == 1
    await client.aclose()
    assert await ledger_sum(database) == (Decimal("0.0015"), 35)


async def test_over_the_door(
    run_service: RunService, database: Database, upstream: FakeOpenRouter, client: LLMClient
) -> None:
    upstream.token_delay = 30
    settings = {"OPENROUTER_API_KEY": "sk-or-x", "OPENROUTER_BASE_URL": upstream.base_url}
    body = {
        "model": f"{MODEL}",
        "stream": True,
        "messages": [{"role": "user", "content": "Hello"}],
    }
    async with run_service(**settings) as service:
        await service.http.put("/api/v1/llm/budgets/all", json={"limit_tokens": 10**9})
        async with service.http.stream("POST", "/v1/chat/completions", json=body) as answer:
            await anext(answer.aiter_bytes())
        async with asyncio.timeout(20):
            while not (calls := (await service.http.get("/api/v1/llm/calls")).json()["calls"]):
                await asyncio.sleep(0.02)
        (call,) = calls
        assert (call["status"], call["estimated"]) == ("cancelled", True)

        upstream.generations["gen-1"] = GENERATION
        later = utc_now() + timedelta(minutes=1)
        await Settlement(database, client.settled, lambda: later).look()

        detail = (await service.http.get(f"/api/v1/llm/calls/{call['id']}")).json()
        assert (detail["cost_usd"], detail["estimated"]) == ("0.0015", False)
        (attempt,) = detail["attempts"]
        assert (attempt["generation_id"], attempt["estimated"]) == ("gen-1", False)
        spent = (await service.http.get("/api/v1/llm/budgets/all")).json()
        assert (spent["spent_usd"], spent["spent_tokens"]) == ("0.0015", 35)
