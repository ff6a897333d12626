"""When a model is later than usual, the next is asked too, and the faster is kept."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from app.llm import (
    ChainExhausted,
    Chains,
    End,
    Health,
    LLMClient,
    ModelEvent,
    ModelRef,
    RequestRefused,
    TextDelta,
    UsageReport,
)
from app.llm.messages import Attempt
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

QUICK = 20  # ms
CHAIN = Chains(default=(ModelRef("lm_studio", "ok"),))


def usually_quick(*models: str) -> Health:
    health = Health()
    for model in models:
        for _ in range(20):
            health.ended(Attempt(ModelRef("lm_studio", model), None, None, QUICK, QUICK))
    return health


@pytest.fixture
def health() -> Health:
    return usually_quick("silence", "refuse", "status-503", "fake-small")


@pytest.fixture
def client(connect: Connect, health: Health) -> LLMClient:
    return connect(chains=CHAIN, hedging=True, health=health)


async def heard(client: LLMClient, model: str) -> list[ModelEvent]:
    return [event async for event in client.stream(ask(model))]


def asked(upstream: FakeOpenAI) -> list[str]:
    return [body["model"] for body in upstream.calls]


async def test_the_faster_answers(
    client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
) -> None:
    events = await heard(client, "silence")

    assert "".join(e.text for e in events if isinstance(e, TextDelta)).startswith("Hello")
    end = events[-1]
    assert isinstance(end, End)
    assert end.model == ModelRef("lm_studio", "ok")
    assert asked(upstream) == ["silence", "ok"]
    async with asyncio.timeout(30):
        await upstream.requests[0].hung_up()


async def test_both_are_noted_and_counted(client: LLMClient, ledger: RecordingLedger) -> None:
    events = await heard(client, "silence")

    entry = ledger.only
    lost, won = entry.attempts
    assert (lost.model.model, lost.error, lost.counts) == ("silence", "CANCELLED", True)
    assert lost.usage is not None
    assert lost.usage.prompt_tokens > 0
    assert lost.estimated
    assert (won.model.model, won.error, won.estimated) == ("ok", None, False)
    assert entry.used == won.model
    assert entry.estimated
    (reported,) = [event.usage for event in events if isinstance(event, UsageReport)]
    assert entry.usage.prompt_tokens == reported.prompt_tokens + lost.usage.prompt_tokens
    assert entry.decision["hedged"] == {"model": "lm_studio:ok", "after_ms": QUICK}
    assert won.first_token_ms is not None
    assert entry.first_token_ms is not None
    assert entry.first_token_ms >= QUICK


async def test_being_late_moves_what_is_usual(client: LLMClient, health: Health) -> None:
    for _ in range(2):
        await heard(client, "silence")

    health._models[ModelRef("lm_studio", "silence")]._figured_at = float("-inf")
    figures = health.of(ModelRef("lm_studio", "silence"))
    assert figures.first_token_ms is not None
    assert figures.first_token_ms.p50 == QUICK < figures.first_token_ms.p95
    assert figures.success_rate == 1


async def test_a_whole_answer_too(client: LLMClient, upstream: FakeOpenAI) -> None:
    completion = await client.complete(ask("silence"))

    assert completion.model == ModelRef("lm_studio", "ok")
    assert [attempt.error for attempt in completion.attempts] == ["CANCELLED", None]


async def test_one_in_time_runs_alone(
    client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger, health: Health
) -> None:
    for _ in range(200):  # it is usually very slow
        health.ended(Attempt(ModelRef("lm_studio", "fake-small"), None, None, 9000, 9000))
    await heard(client, "fake-small")

    assert asked(upstream) == ["fake-small"]
    assert len(ledger.only.attempts) == 1
    assert "hedged" not in ledger.only.decision


async def test_a_failure_goes_on_as_ever(client: LLMClient, upstream: FakeOpenAI) -> None:
    completion = await client.complete(ask("status-503"))

    assert [attempt.error for attempt in completion.attempts] == ["LLM_PROVIDER_UNAVAILABLE", None]
    assert asked(upstream) == ["status-503", "ok"]


async def test_the_first_may_still_win(
    connect: Connect, upstream: FakeOpenAI, health: Health
) -> None:
    upstream.latency = 0.2
    silent = Chains(default=(ModelRef("lm_studio", "silence-after-headers"),))
    completion = await connect(chains=silent, hedging=True, health=health).complete(
        ask("fake-small")
    )
    assert completion.model == ModelRef("lm_studio", "fake-small")
    assert [(a.model.model, a.error) for a in completion.attempts] == [
        ("silence-after-headers", "CANCELLED"),
        ("fake-small", None),
    ]


async def test_when_both_fail_the_chain_goes_on(
    connect: Connect, upstream: FakeOpenAI, ledger: RecordingLedger
) -> None:
    upstream.before_answer = lambda: asyncio.sleep(0.1)
    chains = Chains(default=(ModelRef("lm_studio", "status-400"), ModelRef("lm_studio", "ok")))
    health = usually_quick("status-503")
    completion = await connect(chains=chains, hedging=True, health=health).complete(
        ask("status-503")
    )
    assert completion.model == ModelRef("lm_studio", "ok")
    assert [attempt.error for attempt in completion.attempts] == [
        "LLM_PROVIDER_UNAVAILABLE",
        "LLM_BAD_GATEWAY",
        None,
    ]
    assert ledger.only.decision["hedged"]["model"] == "lm_studio:status-400"


async def test_when_all_fail_every_attempt_is_named(connect: Connect) -> None:
    chains = Chains(default=(ModelRef("lm_studio", "status-400"),))
    health = usually_quick("refuse")
    with pytest.raises(ChainExhausted) as raised:
        await connect(chains=chains, hedging=True, health=health).complete(ask("refuse"))

    assert {attempt.model.model for attempt in raised.value.attempts} == {"refuse", "status-400"}
    assert isinstance(raised.value.cause, RequestRefused)


async def test_a_caller_who_leaves_ends_both(
    connect: Connect, upstream: FakeOpenAI, ledger: RecordingLedger, health: Health
) -> None:
    silent = Chains(default=(ModelRef("lm_studio", "silence-after-headers"),))
    client = connect(chains=silent, hedging=True, health=health)
    task = asyncio.create_task(client.complete(ask("silence")))
    async with asyncio.timeout(30):
        while len(upstream.calls) < 2:
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(30):
        for recorded in upstream.requests:
            await recorded.hung_up()
    assert ledger.only.status == "cancelled"
    assert [attempt.error for attempt in ledger.only.attempts] == ["CANCELLED", "CANCELLED"]


async def test_a_stream_that_is_left_hangs_up(
    connect: Connect, upstream: FakeOpenAI, ledger: RecordingLedger, health: Health
) -> None:
    upstream.token_delay = 0.5
    client = connect(chains=CHAIN, hedging=True, health=health)
    async with aclosing(_stream(client)) as events:
        await anext(events)

    async with asyncio.timeout(30):
        for recorded in upstream.requests:
            await recorded.hung_up()
    assert [a.model.model for a in ledger.only.attempts] == ["silence", "ok"]


async def _stream(client: LLMClient) -> AsyncGenerator[ModelEvent, None]:
    async with aclosing(client.stream(ask("silence"))) as events:
        async for event in events:
            yield event


async def test_it_is_off_by_default(connect: Connect, upstream: FakeOpenAI) -> None:
    upstream.latency = 0.1
    await connect(chains=CHAIN, health=usually_quick("fake-small")).complete(ask("fake-small"))

    assert asked(upstream) == ["fake-small"]


async def test_who_is_not_well_known_is_waited_for(connect: Connect, upstream: FakeOpenAI) -> None:
    upstream.latency = 0.1
    health = Health()
    for _ in range(19):
        health.ended(Attempt(ModelRef("lm_studio", "fake-small"), None, None, 1, 1))
    await connect(chains=CHAIN, hedging=True, health=health).complete(ask("fake-small"))

    assert asked(upstream) == ["fake-small"]
