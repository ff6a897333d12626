from dataclasses import replace
from typing import Any

import pytest

from app.llm import (
    BreakerPolicy,
    ChainExhausted,
    Chains,
    LLMClient,
    ModelRef,
    ModelTimeout,
    ProviderDisabled,
    Task,
    Timeouts,
    Wishes,
)
from app.llm.errors import LeftAlone
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, ask


def chain(*models: str) -> Chains:
    return Chains(default=tuple(map(here, models)))


def here(model: str) -> ModelRef:
    return ModelRef("lm_studio", model)


def asked(upstream: FakeOpenAI) -> list[Any]:
    return [body["model"] for body in upstream.calls]


async def test_without_a_model_the_chain_decides(connect: Connect, upstream: FakeOpenAI) -> None:
    completion = await connect(chains=chain("first", "second")).complete(ask(None))

    assert completion.model == here("first")
    assert asked(upstream) == ["first"]


async def test_each_task_by_its_own_chain(connect: Connect, upstream: FakeOpenAI) -> None:
    chains = Chains(default=(here("any"),), by_task={Task.SUMMARY: (here("scribe"),)})
    client = connect(chains=chains)
    await client.complete(ask(None))
    await client.complete(ask(None, task=Task.SUMMARY))

    assert asked(upstream) == ["any", "scribe"]


STATUSES = ("status-400", "status-401", "status-402", "status-404", "status-429-after-60")
FAULTS = ("refuse", "cut", "empty", "html", "garbage", "error-first", "silence", "status-503")


@pytest.mark.parametrize("broken", [*STATUSES, *FAULTS])
async def test_any_failure_goes_on_to_the_next(
    connect: Connect, upstream: FakeOpenAI, broken: str
) -> None:
    client = connect(chains=chain("fallback"), timeouts=Timeouts(first_token=0.3))
    completion = await client.complete(ask(broken, temperature=0.3, max_tokens=9))

    assert completion.model == here("fallback")
    assert asked(upstream) == [broken, "fallback"]
    assert [(b["temperature"], b["max_tokens"]) for b in upstream.calls] == [(0.3, 9), (0.3, 9)]


async def test_the_model_asked_for_comes_first_and_once(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(chains=chain("status-500", "status-502", "status-500"))
    with pytest.raises(ChainExhausted):
        await client.complete(ask("status-502"))

    assert asked(upstream) == ["status-502", "status-500"]


async def test_all_failed(connect: Connect) -> None:
    client = connect(chains=chain("html", "silence"), timeouts=Timeouts(first_token=0.1))
    with pytest.raises(ChainExhausted) as raised:
        await client.complete(ask("status-503"))

    error = raised.value
    assert [a.error for a in error.attempts] == [
        "LLM_PROVIDER_UNAVAILABLE",
        "LLM_BAD_GATEWAY",
        "LLM_TIMEOUT",
    ]
    assert (error.code, error.status) == ("LLM_TIMEOUT", 503)
    assert isinstance(error.cause, ModelTimeout)
    for model in ("lm_studio:status-503", "lm_studio:html", "lm_studio:silence"):
        assert model in error.message


async def test_fallbacks_without_a_key_are_skipped(connect: Connect) -> None:
    chains = Chains(default=(ModelRef("openai", "gpt-5"), ModelRef("nowhere", "m"), here("ok")))
    completion = await connect(chains=chains).complete(ask("status-500"))

    assert completion.model == here("ok")
    assert len(completion.attempts) == 2


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        (ModelRef("openai", "gpt-5"), "set OPENAI_API_KEY and restart. Configured: lm_studio"),
        (ModelRef("ollama", "m"), "OLLAMA_BASE_URL=http://localhost:11434/v1"),
        (ModelRef("nowhere", "m"), "There is no provider 'nowhere'; known are openrouter, lm_"),
    ],
)
async def test_the_model_asked_for_has_no_provider(
    connect: Connect, upstream: FakeOpenAI, ref: ModelRef, words: str
) -> None:
    with pytest.raises(ProviderDisabled) as raised:
        await connect(chains=chain("ok")).complete(ask(ref))

    assert words in raised.value.message
    assert asked(upstream) == []


async def test_nothing_at_hand(client: LLMClient) -> None:
    with pytest.raises(ProviderDisabled, match="LLM_CHAIN=openrouter:"):
        await client.complete(ask(None))


async def test_a_dead_model_is_passed_over_once_its_breaker_is_open(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(chains=chain("ok"), breaker=BreakerPolicy(failures=2, cooldown=3600))
    for _ in range(4):
        completion = await client.complete(ask("status-503"))

    assert asked(upstream) == ["status-503", "ok", "status-503", "ok", "ok", "ok"]
    assert completion.attempts[0].message is not None
    assert "left alone" in completion.attempts[0].message
    assert [attempt.passed_over for attempt in completion.attempts] == [True, False]


async def test_the_only_model_is_asked_however_often_it_failed(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(breaker=BreakerPolicy(failures=2, cooldown=3600))
    upstream.fault = "status-503"
    for _ in range(3):
        with pytest.raises(ChainExhausted):
            await client.complete(ask("fake-small"))
    upstream.fault = "ok"

    completion = await client.complete(ask("fake-small"))

    assert [attempt.error for attempt in completion.attempts] == ["LLM_PROVIDER_UNAVAILABLE", None]
    assert [a.error for a in (await client.complete(ask("fake-small"))).attempts] == [None]


async def test_who_comes_again_leaves_a_dead_model_alone(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(breaker=BreakerPolicy(failures=2, cooldown=3600))
    upstream.fault = "status-503"
    unhurried = replace(ask("fake-small"), wishes=Wishes(unhurried=True))
    for _ in range(4):
        with pytest.raises(ChainExhausted) as raised:
            await client.complete(unhurried)

    assert asked(upstream) == ["fake-small", "fake-small"]
    assert isinstance(raised.value.cause, LeftAlone)
    assert raised.value.cause.retryable


async def test_with_the_whole_chain_away_the_first_that_was_left_alone_is_asked(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(chains=chain("fake-large"), breaker=BreakerPolicy(failures=1, cooldown=3600))
    upstream.fault = "status-503"
    with pytest.raises(ChainExhausted):
        await client.complete(ask("fake-small"))
    upstream.fault = "ok"

    completion = await client.complete(ask("fake-small"))

    assert str(completion.model.model) == "fake-small"
    assert len(completion.attempts) == 3
