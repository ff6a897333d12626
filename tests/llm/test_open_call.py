"""Who pays for an answer that several heard, when one of them leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from pydantic import SecretStr

from app.llm import (
    AnswerCache,
    CacheUse,
    CallStatus,
    Connection,
    End,
    LLMClient,
    ModelRef,
    Usage,
    Wishes,
    build_client,
)
from tests.fakes.openrouter import FakeOpenRouter
from tests.llm.conftest import RecordingLedger, ask

REQUEST = ask(ModelRef("openrouter", "a/b"), temperature=0.0, wishes=Wishes(cache=True))


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenRouter]:
    async with FakeOpenRouter() as fake:
        yield fake


@pytest.fixture
def ledger() -> RecordingLedger:
    return RecordingLedger()


@pytest.fixture
async def client(upstream: FakeOpenRouter, ledger: RecordingLedger) -> AsyncIterator[LLMClient]:
    connection = Connection(api_key=SecretStr("k"), base_url=upstream.base_url)
    made = build_client({"openrouter": connection}, ledger=ledger, cache=AnswerCache())
    yield made
    await made.aclose()


async def test_who_leaves_a_shared_answer_leaves_its_cost_to_who_stays(
    client: LLMClient, upstream: FakeOpenRouter, ledger: RecordingLedger
) -> None:
    upstream.token_delay = 0.05
    async with aclosing(client.stream(REQUEST)) as stays:
        async with aclosing(client.stream(REQUEST)) as leaves:
            await asyncio.gather(anext(leaves), anext(stays))
            assert upstream.answered == 1
        assert [isinstance(event, End) async for event in stays][-1]

    left, stayed = ledger.entries
    assert (left.status, stayed.status) == (CallStatus.CANCELLED, CallStatus.OK)
    assert (left.usage, left.unsettled) == (Usage(), False)
    assert left.cache is CacheUse.HIT
    assert stayed.usage.completion_tokens > 0
    assert stayed.cache is CacheUse.MISS


async def test_the_last_to_leave_pays(
    client: LLMClient, upstream: FakeOpenRouter, ledger: RecordingLedger
) -> None:
    upstream.token_delay = 30
    async with (
        aclosing(client.stream(REQUEST)) as last,
        aclosing(client.stream(REQUEST)) as first,
    ):
        await asyncio.gather(anext(first), anext(last))

    left, stayed = ledger.entries
    assert (left.unsettled, stayed.unsettled) == (False, True)
    assert [attempt.generation_id for attempt in stayed.attempts] == ["gen-1"]
    assert stayed.estimated
