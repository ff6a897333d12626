"""Gemini by the SDK of Google, over HTTP on loopback."""

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from app.llm import (
    BadGateway,
    CallStatus,
    ChainExhausted,
    End,
    Failed,
    ImagePart,
    LLMError,
    Message,
    ModelRef,
    ModelTimeout,
    OutputSchema,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    Role,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
    UsageReport,
)
from tests.fakes.gemini import FakeGemini
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
async def upstream() -> AsyncIterator[FakeGemini]:
    async with FakeGemini() as fake:
        yield fake


@pytest.fixture
async def gemini(upstream: FakeGemini) -> AsyncIterator[Native]:
    async with native("gemini", upstream) as connected:
        yield connected


@pytest.fixture
async def brisk(upstream: FakeGemini) -> AsyncIterator[Native]:
    async with native("gemini", upstream, timeouts=BRISK) as connected:
        yield connected


async def test_an_answer_and_its_ledger_entry(gemini: Native, upstream: FakeGemini) -> None:
    upstream.counts = {"cachedContentTokenCount": 5, "thoughtsTokenCount": 20}
    completion = await gemini.client.complete(gemini.ask("gemini-fast"))

    assert completion.text == "Hello from the fake model."
    assert completion.finish_reason == "stop"
    entry = gemini.ledger.only
    assert entry.usage == Usage(11, 27, cached_tokens=5, reasoning_tokens=20)
    assert entry.used == ModelRef("gemini", "gemini-fast")
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
        "no-parts",
        "one-byte",
    ],
)
async def test_answers_that_are_all_there(gemini: Native, upstream: FakeGemini, way: str) -> None:
    upstream.reply = lambda body: TEXT

    assert (await gemini.client.complete(gemini.ask(way))).text == TEXT


async def test_events(gemini: Native) -> None:
    *words, usage, end = await gemini.events("gemini-fast")

    assert [type(word) for word in words] == [TextDelta] * 5
    assert isinstance(usage, UsageReport)
    assert isinstance(end, End)


async def test_thinking_is_no_part_of_the_answer(gemini: Native) -> None:
    events = await gemini.events("thinking")

    thoughts = [event.text for event in events if isinstance(event, ThinkingDelta)]
    said = [event.text for event in events if isinstance(event, TextDelta)]
    assert ("".join(thoughts), "".join(said)) == ("Let me think.", "Yes.")
    assert gemini.ledger.only.usage.reasoning_tokens == 20


async def test_tool_calls_and_their_answers(gemini: Native, upstream: FakeGemini) -> None:
    events = await gemini.events("two-tools")

    search, now = (event for event in events if isinstance(event, ToolCallDelta))
    assert (search.index, search.id, search.name) == (0, "fc_1", "search")
    assert json.loads(search.arguments) == {"query": "clay"}
    assert (now.index, now.name, now.arguments) == (1, "now", "{}")
    assert now.id
    assert isinstance(events[-1], End)
    assert events[-1].finish_reason == "tool_calls"

    made = tuple(ToolCall(call.id, call.name, call.arguments) for call in (search, now))
    talk = (
        Message(Role.USER, "Look."),
        Message(Role.ASSISTANT, "", tool_calls=made),
        Message(Role.TOOL, "Found.", tool_call_id=search.id),
        Message(Role.TOOL, '{"hour": 7}', tool_call_id=now.id),
    )
    await gemini.events("two-tools", messages=talk)

    _, called, answered = upstream.calls[-1]["contents"]
    assert [part.get("thoughtSignature") for part in called["parts"]] == ["c2lnbmVk", None]
    assert [part["functionResponse"] for part in answered["parts"]] == [
        {"id": "fc_1", "name": "search", "response": {"result": "Found."}},
        {"id": now.id, "name": "now", "response": {"hour": 7}},
    ]


@pytest.mark.parametrize(
    ("model", "reason"),
    [("ok", "stop"), ("too-long", "length"), ("filtered", "content_filter")],
)
async def test_reasons_to_stop(gemini: Native, model: str, reason: str) -> None:
    assert (await gemini.client.complete(gemini.ask(model))).finish_reason == reason


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("bad-key", RequestRefused, "answered 400: API key not valid.; check GEMINI_API_KEY"),
        ("blocked", RequestRefused, "declined to answer: the prompt was blocked (SAFETY)"),
        ("broken-gzip", BadGateway, "check GEMINI_BASE_URL"),
        ("cut", BadGateway, "broke off in mid-answer"),
        ("cut-cleanly", BadGateway, "broke off in mid-answer"),
        ("empty", BadGateway, "broke off in mid-answer"),
        ("empty-answer", BadGateway, "answered with nothing"),
        ("error-event", ProviderUnavailable, "503: The model is overloaded."),
        ("error-first", ProviderUnavailable, "503: The model is overloaded."),
        ("filtered-at-once", RequestRefused, "it was stopped (PROHIBITED_CONTENT)"),
        ("garbage", BadGateway, "isn't HTTP; check GEMINI_BASE_URL"),
        ("garbage-event", BadGateway, "isn't an answer"),
        ("garbage-in-mid-answer", BadGateway, "isn't an answer"),
        ("html", BadGateway, "text/html, not an event stream; check GEMINI_BASE_URL"),
        ("list-event", BadGateway, "broke off in mid-answer"),
        ("malformed-call", BadGateway, "broke off with MALFORMED_FUNCTION_CALL"),
        ("odd-event", BadGateway, "isn't an answer"),
        ("out-of-tokens", BadGateway, "spent all of max_tokens"),
        ("quota", RateLimited, "429: You exceeded your current quota."),
        ("redirect", BadGateway, "307, which is no answer; check GEMINI_BASE_URL"),
        ("refuse", ProviderUnavailable, "can't be reached"),
        ("status-400", RequestRefused, "doesn't suit this model"),
        ("status-401", RequestRefused, "check GEMINI_API_KEY"),
        ("status-402", RequestRefused, "add credits"),
        ("status-403", RequestRefused, "check GEMINI_API_KEY"),
        ("status-404", RequestRefused, "404: the fake says 404"),
        ("status-408", ModelTimeout, "408"),
        ("status-413", RequestRefused, "413"),
        ("status-429", RateLimited, "the fake says 429"),
        ("status-500", ProviderUnavailable, "500"),
        ("status-503", ProviderUnavailable, "503"),
    ],
)
async def test_answers_that_are_none(
    gemini: Native, upstream: FakeGemini, model: str, kind: type[LLMError], words: str
) -> None:
    error = await gemini.failure(model)

    assert type(error) is kind
    assert f"Gemini ({model})" in error.message
    assert words in error.message
    assert len(upstream.calls) == 1
    assert gemini.ledger.only.error == error.code


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("silence", "said nothing within 0.2 s"),
        ("silence-after-headers", "said nothing within 0.2 s"),
        ("empty-chunks-for-ever", "said nothing within 0.2 s"),
        ("silence-in-mid-answer", "fell silent in mid-answer"),
    ],
)
async def test_silence(brisk: Native, upstream: FakeGemini, model: str, words: str) -> None:
    error = await brisk.failure(model)

    assert isinstance(error, ModelTimeout)
    assert words in error.message
    async with asyncio.timeout(30):
        await upstream.requests[0].hung_up()


@pytest.mark.parametrize(("model", "seconds"), [("status-429-after-7", 7), ("quota", 34.5)])
async def test_retry_after(gemini: Native, model: str, seconds: float) -> None:
    error = await gemini.failure(model)

    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


@pytest.mark.filterwarnings("ignore:TIRED is not a valid FinishReason")
async def test_a_reason_from_the_future_is_no_end_of_its_own(gemini: Native) -> None:
    completion = await gemini.client.complete(gemini.ask("from-the-future"))

    assert completion.finish_reason == "content_filter"


async def test_nobody_there(gemini: Native, upstream: FakeGemini) -> None:
    await upstream.__aexit__()

    assert isinstance(await gemini.failure("ok"), ProviderUnavailable)


async def test_a_failure_in_mid_stream_is_told(gemini: Native) -> None:
    *words, failed, end = await gemini.events("cut")

    assert words
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, BadGateway)
    assert isinstance(end, End)
    assert end.finish_reason == "error"
    assert gemini.ledger.only.status is CallStatus.ERROR


@pytest.mark.parametrize("model", ["silence", "silence-after-headers"])
async def test_leaving_before_the_first_token_hangs_up(
    gemini: Native, upstream: FakeGemini, model: str
) -> None:
    call = asyncio.create_task(gemini.client.complete(gemini.ask(model)))
    async with asyncio.timeout(30):
        while not upstream.requests:
            await asyncio.sleep(0.01)
        call.cancel()
        await upstream.requests[0].hung_up()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert gemini.ledger.only.status is CallStatus.CANCELLED


async def test_leaving_in_mid_answer_hangs_up(gemini: Native, upstream: FakeGemini) -> None:
    async with aclosing(gemini.client.stream(gemini.ask("silence-in-mid-answer"))) as events:
        await anext(events)

    async with asyncio.timeout(30):
        await upstream.requests[0].hung_up()
    assert gemini.ledger.only.status is CallStatus.CANCELLED


async def test_one_connection_serves_many_calls(gemini: Native, upstream: FakeGemini) -> None:
    for _ in range(3):
        await gemini.client.complete(gemini.ask())

    assert upstream.accepted == 1


async def test_structured_output(gemini: Native, upstream: FakeGemini) -> None:
    upstream.reply = lambda body: {"message": "Deal."}
    completion = await gemini.client.complete(gemini.ask("gemini-fast", output=DEAL))

    assert completion.output == '{"message": "Deal."}'
    (body,) = upstream.calls
    assert body["generationConfig"]["responseMimeType"] == "application/json"
    assert body["generationConfig"]["responseJsonSchema"]["additionalProperties"] is False


async def test_the_tool_where_json_is_refused(gemini: Native, upstream: FakeGemini) -> None:
    upstream.reply = lambda body: {"message": "Deal."}
    for _ in range(2):
        completion = await gemini.client.complete(gemini.ask("no-json-mode", output=DEAL))
        assert json.loads(completion.text) == json.loads(completion.output or "")
        assert completion.finish_reason == "stop"

    assert [
        body["toolConfig"]["functionCallingConfig"]["allowedFunctionNames"]
        for body in upstream.calls[1:]
    ] == [["seller_turn"]] * 2


async def test_words_where_tools_are_refused_too(gemini: Native, upstream: FakeGemini) -> None:
    upstream.reply = lambda body: {"message": "Deal."}
    completion = await gemini.client.complete(gemini.ask("no-json-nor-tools", output=DEAL))

    assert completion.output == '{"message": "Deal."}'
    assert len(upstream.calls) == 3
    assert "```json" in upstream.calls[-1]["systemInstruction"]["parts"][0]["text"]


async def test_a_broken_picture_is_refused(gemini: Native, upstream: FakeGemini) -> None:
    picture = Message(Role.USER, "", (ImagePart("data:image/png;base64,%%%"),))

    error = await gemini.failure("ok", messages=(picture,))

    assert isinstance(error, RequestRefused)
    assert "whose base64 is broken" in error.message
    assert not upstream.calls


async def test_vectors(gemini: Native, upstream: FakeGemini) -> None:
    texts = tuple("x" * length for length in range(1, 251))
    embedding = await gemini.client.embed(
        gemini.ask("gemini-embedding-001", messages=(), inputs=texts, body={"dimensions": 2})
    )

    assert [vector[0] for vector in embedding.vectors] == [float(len(text)) for text in texts]
    assert [len(body["requests"]) for body in upstream.calls] == [100, 100, 50]
    assert upstream.calls[0]["requests"][0]["outputDimensionality"] == 2
    assert gemini.ledger.only.estimated


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("too-few", BadGateway, "sent 1 vectors for 2 texts"),
        ("status-429", RateLimited, "429"),
        ("status-503", ProviderUnavailable, "503"),
    ],
)
async def test_vectors_that_are_none(
    gemini: Native, model: str, kind: type[LLMError], words: str
) -> None:
    with pytest.raises(ChainExhausted) as raised:
        await gemini.client.embed(gemini.ask(model, messages=(), inputs=("a", "b")))

    assert type(raised.value.cause) is kind
    assert words in raised.value.message


async def test_vectors_of_tokens_are_refused(gemini: Native) -> None:
    asked = gemini.ask("gemini-embedding-001", messages=(), inputs=("a", (1, 2)))
    with pytest.raises(ChainExhausted, match="takes texts, and was sent tokens") as raised:
        await gemini.client.embed(asked)

    assert isinstance(raised.value.cause, RequestRefused)


async def test_list_models(gemini: Native) -> None:
    found = await gemini.client.list_models("gemini")

    assert found == ("gemini-fast", "gemma-small", "gemini-embedding-001")


async def test_facts(gemini: Native) -> None:
    offers = (await gemini.client.offers("gemini")).offers
    fast, gemma, embedding = (offer.facts for offer in offers)

    assert (fast.name, fast.context_length, fast.max_output) == ("Gemini Fast", 1_065_536, 65_536)
    assert fast.input_modalities == {"text", "image"}
    assert {"tools", "response_format", "reasoning"} <= fast.parameters
    assert "tools" not in gemma.parameters
    assert embedding.output_modalities == {"embeddings"}
    assert embedding.context_length == 2048


async def test_the_key_is_sent_and_told_to_nobody(
    gemini: Native, upstream: FakeGemini, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error = await gemini.failure("echo-key")

    assert upstream.requests[0].headers["x-goog-api-key"] == KEY
    assert KEY not in "".join([*traceback.format_exception(error), caplog.text])
    assert "***" in error.message
