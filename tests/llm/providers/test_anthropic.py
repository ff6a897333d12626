"""Anthropic by its own SDK, over HTTP on loopback."""

import asyncio
import json
import logging
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from app.llm import (
    BadGateway,
    CallStatus,
    Catalogue,
    ChainExhausted,
    End,
    Failed,
    LiveCatalogue,
    LLMError,
    Message,
    ModelFacts,
    ModelRef,
    ModelTimeout,
    OutputSchema,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    Role,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReport,
)
from tests.fakes.anthropic import FakeAnthropic
from tests.llm.conftest import KEY
from tests.llm.providers.native import BRISK, Native, native

TEXT = "Grüß Gott, naïve 🦊 Welt – 你好!"
DEAL = OutputSchema(
    "seller_turn",
    {
        "type": "object",
        "properties": {"message": {"type": "string"}, "price": {"type": "number", "minimum": 0}},
        "required": ["message"],
    },
)


@pytest.fixture
async def upstream() -> AsyncIterator[FakeAnthropic]:
    async with FakeAnthropic() as fake:
        yield fake


@pytest.fixture
async def claude(upstream: FakeAnthropic) -> AsyncIterator[Native]:
    async with native("anthropic", upstream) as connected:
        yield connected


@pytest.fixture
async def brisk(upstream: FakeAnthropic) -> AsyncIterator[Native]:
    async with native("anthropic", upstream, timeouts=BRISK) as connected:
        yield connected


async def test_an_answer_and_its_ledger_entry(claude: Native, upstream: FakeAnthropic) -> None:
    upstream.usage = {"cache_read_input_tokens": 1000}
    completion = await claude.client.complete(claude.ask("claude-large"))

    assert completion.text == "Hello from the fake model."
    assert completion.finish_reason == "stop"
    entry = claude.ledger.only
    prompt = entry.usage.prompt_tokens - 1000
    assert entry.usage == Usage(prompt + 1000, 7, cached_tokens=1000)
    assert prompt > 0
    assert entry.used == ModelRef("anthropic", "claude-large")
    assert (entry.status, entry.estimated) == (CallStatus.OK, False)


@pytest.mark.parametrize(
    "way",
    [
        "ok",
        "crlf",
        "cut-after-finish",
        "gzipped",
        "hanging-after-finish",
        "lingering",
        "odd-events",
        "one-byte",
    ],
)
async def test_answers_that_are_all_there(
    claude: Native, upstream: FakeAnthropic, way: str
) -> None:
    upstream.reply = lambda body: TEXT

    assert (await claude.client.complete(claude.ask(way))).text == TEXT


async def test_events(claude: Native) -> None:
    *words, usage, end = await claude.events("claude-large")

    assert [type(word) for word in words] == [TextDelta] * 5
    assert isinstance(usage, UsageReport)
    assert isinstance(end, End)


async def test_thinking_is_no_part_of_the_answer(claude: Native) -> None:
    events = await claude.events("thinking")

    thoughts = [event.text for event in events if isinstance(event, ThinkingDelta)]
    said = [event.text for event in events if isinstance(event, TextDelta)]
    assert ("".join(thoughts), "".join(said)) == ("Let me think.", "Yes.")
    assert claude.ledger.only.usage.reasoning_tokens == 20


async def test_tool_calls(claude: Native) -> None:
    events = await claude.events("two-tools")

    calls = [event for event in events if isinstance(event, ToolCallDelta)]
    assert [(c.index, c.id, c.name) for c in calls if c.id] == [
        (0, "toolu_1", "search"),
        (1, "toolu_2", "now"),
    ]
    arguments = ["".join(c.arguments for c in calls if c.index == index) for index in (0, 1)]
    assert list(map(json.loads, arguments)) == [{"query": "clay"}, {}]
    assert isinstance(events[-1], End)
    assert events[-1].finish_reason == "tool_calls"


@pytest.mark.parametrize(
    ("model", "reason"),
    [("stopped", "stop"), ("too-long", "length"), ("refusal-in-mid-answer", "content_filter")],
)
async def test_reasons_to_stop(claude: Native, model: str, reason: str) -> None:
    assert (await claude.client.complete(claude.ask(model))).finish_reason == reason


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("api-error-event", BadGateway, "Internal server error"),
        ("broken-gzip", BadGateway, "broke off in mid-answer"),
        ("cut", BadGateway, "broke off in mid-answer"),
        ("cut-cleanly", BadGateway, "broke off in mid-answer"),
        ("empty", BadGateway, "broke off in mid-answer"),
        ("empty-answer", BadGateway, "answered with nothing"),
        ("error-event", ProviderUnavailable, "529: Overloaded"),
        ("error-first", ProviderUnavailable, "529: Overloaded"),
        ("garbage", BadGateway, "isn't HTTP; check ANTHROPIC_BASE_URL"),
        ("garbage-event", BadGateway, "isn't JSON"),
        ("html", BadGateway, "text/html, not an event stream; check ANTHROPIC_BASE_URL"),
        ("list-event", BadGateway, "JSON that is no answer"),
        ("no-credit", RequestRefused, "answered 400: Your credit balance is too low"),
        ("no-stop-reason", BadGateway, "broke off in mid-answer"),
        ("out-of-tokens", BadGateway, "spent all of max_tokens"),
        ("rate-limit-event", RateLimited, "slow down"),
        ("redirect", BadGateway, "307, which is no answer; check ANTHROPIC_BASE_URL"),
        ("refusal", RequestRefused, "declined to answer: this could do harm"),
        ("refuse", ProviderUnavailable, "can't be reached"),
        ("spend-limit", RequestRefused, "answered 429: monthly limit reached; add credits"),
        ("status-400", RequestRefused, "doesn't suit this model"),
        ("status-401", RequestRefused, "check ANTHROPIC_API_KEY"),
        ("status-402", RequestRefused, "add credits"),
        ("status-403", RequestRefused, "check ANTHROPIC_API_KEY"),
        ("status-404", RequestRefused, "404: the fake says 404"),
        ("status-408", ModelTimeout, "408"),
        ("status-413", RequestRefused, "413"),
        ("status-429", RateLimited, "the fake says 429"),
        ("status-500", ProviderUnavailable, "500"),
        ("status-503", ProviderUnavailable, "503"),
        ("status-529", ProviderUnavailable, "529"),
    ],
)
async def test_answers_that_are_none(
    claude: Native, upstream: FakeAnthropic, model: str, kind: type[LLMError], words: str
) -> None:
    error = await claude.failure(model)

    assert type(error) is kind
    assert f"Anthropic ({model})" in error.message
    assert words in error.message
    assert len(upstream.calls) == 1
    assert claude.ledger.only.error == error.code


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("silence", "said nothing within 0.2 s"),
        ("silence-after-headers", "said nothing within 0.2 s"),
        ("pings-for-ever", "said nothing within 0.2 s"),
        ("silence-in-mid-answer", "fell silent in mid-answer"),
    ],
)
async def test_silence(brisk: Native, upstream: FakeAnthropic, model: str, words: str) -> None:
    error = await brisk.failure(model)

    assert isinstance(error, ModelTimeout)
    assert words in error.message
    async with asyncio.timeout(30):
        await upstream.requests[0].hung_up()


async def test_retry_after(claude: Native) -> None:
    error = await claude.failure("status-429-after-7")

    assert isinstance(error, RateLimited)
    assert error.retry_after == 7


async def test_nobody_there(claude: Native, upstream: FakeAnthropic) -> None:
    await upstream.__aexit__()

    assert isinstance(await claude.failure("ok"), ProviderUnavailable)


async def test_a_failure_in_mid_stream_is_told(claude: Native) -> None:
    *words, failed, end = await claude.events("cut")

    assert words
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, BadGateway)
    assert isinstance(end, End)
    assert end.finish_reason == "error"
    assert claude.ledger.only.status is CallStatus.ERROR


@pytest.mark.parametrize("model", ["silence", "silence-after-headers"])
async def test_leaving_before_the_first_token_hangs_up(
    claude: Native, upstream: FakeAnthropic, model: str
) -> None:
    call = asyncio.create_task(claude.client.complete(claude.ask(model)))
    async with asyncio.timeout(30):
        while not upstream.requests:
            await asyncio.sleep(0.01)
        call.cancel()
        await upstream.requests[0].hung_up()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert claude.ledger.only.status is CallStatus.CANCELLED


async def test_leaving_in_mid_answer_hangs_up(claude: Native, upstream: FakeAnthropic) -> None:
    async with aclosing(claude.client.stream(claude.ask("silence-in-mid-answer"))) as events:
        await anext(events)

    async with asyncio.timeout(30):
        await upstream.requests[0].hung_up()
    assert claude.ledger.only.status is CallStatus.CANCELLED


async def test_the_model_may_say_as_much_as_it_can(upstream: FakeAnthropic) -> None:
    """The API wants a bound; ours is the caller's, else the catalogue's, else a usual one."""
    known = ModelFacts(ModelRef("anthropic", "claude-large"), max_output=64_000)
    catalogue = LiveCatalogue(Catalogue([known]))
    async with native("anthropic", upstream, catalogue=catalogue) as claude:
        await claude.client.complete(claude.ask("claude-large", max_tokens=7))
        await claude.client.complete(claude.ask("claude-large"))
        await claude.client.complete(claude.ask("claude-small"))

    assert [body["max_tokens"] for body in upstream.calls] == [7, 64_000, 8192]


async def test_the_first_calls_at_once_share_a_client(upstream: FakeAnthropic) -> None:
    """Also where the one that began to open it leaves."""
    async with native("anthropic", upstream) as claude:
        left = asyncio.create_task(claude.client.complete(claude.ask()))
        await asyncio.sleep(0)
        left.cancel()
        answers = await asyncio.gather(*[claude.client.complete(claude.ask()) for _ in range(5)])
        await claude.client.complete(claude.ask())

    assert {answer.text for answer in answers} == {"Hello from the fake model."}
    assert left.cancelled()
    assert upstream.accepted <= 5


async def test_one_connection_serves_many_calls(claude: Native, upstream: FakeAnthropic) -> None:
    for _ in range(3):
        await claude.client.complete(claude.ask())

    assert upstream.accepted == 1


async def test_the_tool_where_structured_output_is_refused(
    claude: Native, upstream: FakeAnthropic
) -> None:
    upstream.reply = lambda body: {"message": "Deal."}
    for _ in range(2):
        completion = await claude.client.complete(claude.ask("no-output-config", output=DEAL))
        assert completion.text == completion.output == '{"message": "Deal."}'
        assert completion.finish_reason == "stop"

    first, *later = upstream.calls
    assert first["output_config"]["format"]["schema"]["properties"]["price"] == {
        "type": "number",
        "description": "{minimum: 0}",
    }
    assert [body["tool_choice"] for body in later] == [{"type": "tool", "name": "seller_turn"}] * 2


async def test_words_where_no_tool_can_be_forced(claude: Native, upstream: FakeAnthropic) -> None:
    upstream.reply = lambda body: {"message": "Deal."}
    completion = await claude.client.complete(claude.ask("no-forced-tool", output=DEAL))

    assert completion.output == '{"message": "Deal."}'
    assert len(upstream.calls) == 3
    assert "seller_turn" in upstream.calls[-1]["system"][-1]["text"]


async def test_families_that_know_no_structured_output(
    claude: Native, upstream: FakeAnthropic
) -> None:
    upstream.reply = lambda body: {"message": "Deal."}
    await claude.client.complete(claude.ask("claude-3-haiku-20240307", output=DEAL))

    (body,) = upstream.calls
    assert body["tool_choice"] == {"type": "tool", "name": "seller_turn"}


async def test_long_prompts_are_marked_for_the_cache(
    claude: Native, upstream: FakeAnthropic
) -> None:
    rules = Message(Role.SYSTEM, "Be brief. " * 1000)
    await claude.client.complete(claude.ask(messages=(rules, Message(Role.USER, "Hello."))))
    await claude.client.complete(claude.ask())

    long, short = upstream.calls
    assert long["cache_control"] == long["system"][-1]["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in json.dumps(short)
    assert claude.ledger.entries[0].usage.cache_write_tokens > 2000
    assert claude.ledger.entries[0].usage.prompt_tokens > 2000


async def test_vectors_are_refused(claude: Native, upstream: FakeAnthropic) -> None:
    with pytest.raises(ChainExhausted, match="makes no embeddings"):
        await claude.client.embed(claude.ask(messages=(), inputs=("a",)))
    assert not upstream.calls


async def test_list_models(claude: Native) -> None:
    assert await claude.client.list_models("anthropic") == ("claude-large", "claude-small")


async def test_facts(claude: Native) -> None:
    large, small = (offer.facts for offer in (await claude.client.offers("anthropic")).offers)

    assert (large.name, large.context_length, large.max_output) == ("Claude Large", 200_000, 64_000)
    assert large.input_modalities == {"text", "image", "file"}
    assert {"tools", "response_format", "reasoning"} <= large.parameters
    assert "response_format" not in small.parameters
    assert not large.free


async def test_the_key_is_sent_and_told_to_nobody(
    claude: Native, upstream: FakeAnthropic, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error = await claude.failure("echo-key")

    assert upstream.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in "".join([*traceback.format_exception(error), caplog.text])
    assert "***" in error.message


def test_the_sdk_is_not_imported_before_it_is_needed() -> None:
    modules = "('anthropic', 'google.genai', 'httpx2')"
    code = f"import sys, app.llm; print([m for m in {modules} if m in sys.modules])"
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "[]"
