"""The model that needs nothing."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.llm import (
    OFFLINE,
    BadGateway,
    CallStatus,
    ChainExhausted,
    Chains,
    Connection,
    End,
    Failed,
    Finding,
    LLMClient,
    LLMError,
    ModelRef,
    ModelRequest,
    ModelTimeout,
    OutputSchema,
    ProviderDisabled,
    ProviderUnavailable,
    RequestRefused,
    RetryPolicy,
    TextDelta,
    Timeouts,
    Tool,
    ToolCallDelta,
    ToolChoice,
    UnknownModel,
    Wishes,
    build_client,
)
from app.llm.providers._offline_words import words_for
from tests.llm.conftest import RecordingLedger, ask

ASSISTANT = ModelRef(OFFLINE, "assistant")
SEARCH = Tool("search", "", {"type": "object"})
DEAL = OutputSchema("deal", {"type": "object", "properties": {"price": {"type": "number"}}})
CLAY = Finding("clay.pdf, page 3", "Clay pots keep water cool.")


def offline(ledger: RecordingLedger | None = None, **options: Any) -> LLMClient:
    return build_client({}, ledger=ledger, **({"retry": RetryPolicy(retries=0)} | options))


def fault(name: str, **fields: Any) -> ModelRequest:
    return ask(ModelRef(OFFLINE, name), **fields)


async def cause(client: LLMClient, request: ModelRequest) -> LLMError:
    with pytest.raises(ChainExhausted) as raised:
        await client.complete(request)
    return raised.value.cause


async def test_it_says_what_it_is_and_how_to_connect_another(ledger: RecordingLedger) -> None:
    completion = await offline(ledger).complete(ask(ASSISTANT))

    assert "No language model is configured here." in completion.text
    assert "OPENROUTER_API_KEY=" in completion.text
    assert "OLLAMA_BASE_URL=http://localhost:11434/v1" in completion.text
    assert "Nothing was found for it in memory or documents." in completion.text
    assert completion.finish_reason == "stop"
    entry = ledger.only
    assert (entry.status, entry.used) == (CallStatus.OK, ASSISTANT)
    assert entry.cost == Decimal(0)
    assert not entry.estimated


async def test_it_quotes_what_was_found() -> None:
    completion = await offline().complete(ask(ASSISTANT, findings=(CLAY,)))

    assert "“Clay pots keep water cool.” (clay.pdf, page 3)" in completion.text


async def test_it_is_taken_where_nothing_is_configured_and_nothing_asked_for() -> None:
    for request in (ask(None), ask(None, wishes=Wishes(models=("auto",)))):
        assert (await offline().complete(request)).model == ASSISTANT


async def test_offline_alone_is_its_name() -> None:
    request = ask(None, wishes=Wishes(models=("offline",)))

    assert (await offline().complete(request)).model == ASSISTANT


async def test_beside_others_it_says_which() -> None:
    keyed = Connection(api_key=SecretStr("sk-x"))
    client = build_client({"openai": keyed})
    text = (await client.complete(ask(ASSISTANT))).text
    await client.aclose()

    assert "No language model is configured" not in text
    assert "openai:MODEL" in text


async def test_it_never_steps_in_for_another(ledger: RecordingLedger) -> None:
    away = Connection(base_url="http://127.0.0.1:9/v1")
    client = build_client({"ollama": away}, ledger=ledger, retry=RetryPolicy(retries=0))
    with pytest.raises(ChainExhausted) as raised:
        await client.complete(ask(ModelRef("ollama", "llama3.2")))
    await client.aclose()

    assert [attempt.model.provider for attempt in raised.value.attempts] == ["ollama"]


async def test_it_steps_in_where_a_chain_names_it() -> None:
    away = Connection(base_url="http://127.0.0.1:9/v1")
    client = build_client(
        {"ollama": away}, chains=Chains((ASSISTANT,)), retry=RetryPolicy(retries=0)
    )
    completion = await client.complete(ask(ModelRef("ollama", "llama3.2")))
    await client.aclose()

    assert completion.model == ASSISTANT


async def test_it_streams_word_by_word_and_the_same_each_time() -> None:
    client = offline()
    first, second = [
        [event async for event in client.stream(ask(ASSISTANT, findings=(CLAY,)))] for _ in "ab"
    ]

    words = [event.text for event in first if isinstance(event, TextDelta)]
    assert len(words) > 20
    assert all(len(word.split()) == 1 for word in words)
    assert words == [event.text for event in second if isinstance(event, TextDelta)]
    assert isinstance(first[-1], End)


async def test_max_tokens_is_kept() -> None:
    completion = await offline().complete(ask(ASSISTANT, max_tokens=10))

    assert completion.finish_reason == "length"
    assert 0 < completion.usage.completion_tokens <= 10


async def test_tools_go_unused() -> None:
    completion = await offline().complete(
        ask(ASSISTANT, tools=(SEARCH,), tool_choice=ToolChoice("auto"))
    )

    assert "I can't call tools, so search went unused." in completion.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"output": DEAL}, "would have to invent the data for 'deal'"),
        ({"tools": (SEARCH,), "tool_choice": ToolChoice("required")}, "can't call tools"),
        ({"tools": (SEARCH,), "tool_choice": ToolChoice("function", "search")}, "can't call"),
        ({"messages": (), "inputs": ("a",)}, "makes no embeddings"),
    ],
)
async def test_it_invents_nothing(fields: dict[str, Any], words: str) -> None:
    error = await cause(offline(), ask(ASSISTANT, **fields))

    assert type(error) is RequestRefused
    assert words in error.message
    assert "configured" not in error.message


async def test_another_name_is_unknown() -> None:
    error = await cause(offline(), fault("gpt-5"))

    assert type(error) is UnknownModel
    assert "offline:assistant" in error.message


@pytest.mark.parametrize("name", ["slow", "flaky", "cut", "malformed"])
async def test_faults_are_refused_unless_switched_on(name: str) -> None:
    error = await cause(offline(), fault(name))

    assert type(error) is ProviderDisabled
    assert "set LLM_OFFLINE_FAULTS=true" in error.message


async def test_slow() -> None:
    hasty = Timeouts(first_token=0.05, idle=0.05, total=1)
    error = await cause(offline(offline_faults=True, timeouts=hasty), fault("slow"))

    assert isinstance(error, ModelTimeout)


async def test_slow_is_all_there_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.llm.providers._offline_faults._FIRST_WORD", 0.01)
    monkeypatch.setattr("app.llm.providers._offline_faults._EACH_WORD", 0.001)
    completion = await offline(offline_faults=True).complete(fault("slow"))

    assert completion.text == words_for(fault("slow"), ())


async def test_flaky() -> None:
    client = offline(offline_faults=True)
    for _ in range(2):
        assert type(await cause(client, fault("flaky"))) is ProviderUnavailable
        assert (await client.complete(fault("flaky"))).finish_reason == "stop"


async def test_flaky_is_what_retrying_is_for(ledger: RecordingLedger) -> None:
    client = offline(ledger, offline_faults=True, retry=RetryPolicy(retries=1, base=0.01))
    await client.complete(fault("flaky"))

    assert [attempt.error for attempt in ledger.only.attempts] == [
        "LLM_PROVIDER_UNAVAILABLE",
        None,
    ]


async def test_cut() -> None:
    events = [event async for event in offline(offline_faults=True).stream(fault("cut"))]

    assert isinstance(events[0], TextDelta)
    assert isinstance(events[-2], Failed)
    assert isinstance(events[-2].error, BadGateway)


async def test_malformed() -> None:
    client = offline(offline_faults=True)
    completion = await client.complete(fault("malformed", output=DEAL))
    called = [event async for event in client.stream(fault("malformed", tools=(SEARCH,)))]

    assert completion.text.startswith("{")
    assert completion.output is None
    assert isinstance(called[0], ToolCallDelta)
    assert called[0].name == "search"
    assert isinstance(called[-1], End)
    assert called[-1].finish_reason == "tool_calls"


async def test_it_is_listed_and_costs_nothing() -> None:
    client = offline()

    assert await client.list_models(OFFLINE) == ("assistant",)
    ((facts,),) = [[offer.facts for offer in (await client.offers(OFFLINE)).offers]]
    assert facts.free
    assert facts.prices.free
    client.require(OFFLINE)


async def test_it_has_no_address() -> None:
    with pytest.raises(ProviderDisabled, match="built in"):
        offline().base_url(OFFLINE)


@given(findings=st.lists(st.builds(Finding, st.text(), st.text()), max_size=50))
def test_whatever_was_found_takes_a_few_lines(findings: list[Finding]) -> None:
    text = words_for(ask(ASSISTANT, findings=tuple(findings)), ())

    assert len(text) < 3000
    assert text.count("\n") < 20
