"""A caller's own body, sent over HTTP and answered in its own form."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest

from app.llm import (
    BadGateway,
    ChainExhausted,
    Chains,
    End,
    Failed,
    LLMClient,
    ModelEvent,
    ModelRef,
    ModelTimeout,
    TextDelta,
    Timeouts,
    UsageReport,
    WireChunk,
)
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

TEXT = "Grüß Gott, naïve 🦊 Welt – 你好!"
MESSAGES = [{"role": "user", "content": "Say hello."}]


def pass_on(model: str | ModelRef = "ok", *, stream: bool = True, **fields: Any) -> Any:
    body = {"model": "auto", "messages": MESSAGES, "stream": stream, **fields}
    return ask(model, body=body)


async def heard(client: LLMClient, request: Any) -> list[ModelEvent]:
    async with aclosing(await client.open(request)) as opened:
        return [event async for event in opened]


def sent_on(events: list[ModelEvent]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, WireChunk))


def said_in(wire: bytes) -> str:
    frames = [json.loads(line[6:]) for line in wire.decode().split("\n\n") if line]
    deltas = [frame["choices"][0]["delta"] for frame in frames if frame["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)


class TestStream:
    @pytest.mark.parametrize(
        "way",
        [
            "ok",
            "comments",
            "comments-then-tokens",
            "crlf",
            "cut-after-finish",
            "gzipped",
            "hanging-after-finish",
            "lingering",
            "no-finish-reason",
            "null-usage",
            "one-byte",
            "split-characters",
            "thinking",
            "usage-at-finish",
        ],
    )
    async def test_answers_that_are_all_there(
        self, client: LLMClient, upstream: FakeOpenAI, way: str
    ) -> None:
        upstream.reply = lambda body: TEXT
        events = await heard(client, pass_on(way))

        wire = sent_on(events)
        assert said_in(wire) == TEXT
        assert not [mark for mark in (b"[DONE]", b'"usage"', b"\r", b"\n:") if mark in wire]
        assert isinstance(events[-1], End)
        assert {type(event) for event in events} <= {WireChunk, UsageReport, End}

    async def test_body_goes_on_as_it_is(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        await heard(client, pass_on(logit_bias={"50256": -100}, brand_new_field=[1]))

        assert upstream.calls == [
            {
                "model": "ok",
                "messages": MESSAGES,
                "stream": True,
                "stream_options": {"include_usage": True},
                "logit_bias": {"50256": -100},
                "brand_new_field": [1],
            }
        ]

    async def test_usage_is_accounted_for(self, client: LLMClient, ledger: RecordingLedger) -> None:
        events = await heard(client, pass_on())

        report = next(event for event in events if isinstance(event, UsageReport))
        assert ledger.only.usage == report.usage
        assert ledger.only.estimated is False
        assert ledger.only.used == ModelRef("lm_studio", "ok")

    async def test_usage_is_told_by_whoever_relays_it(self, client: LLMClient) -> None:
        events = await heard(client, pass_on(stream_options={"include_usage": True}))

        assert b'"usage"' not in sent_on(events)
        [report] = [event for event in events if isinstance(event, UsageReport)]
        assert (report.told or {})["prompt_tokens"] == report.usage.prompt_tokens > 0

    async def test_choices(self, client: LLMClient) -> None:
        events = await heard(client, pass_on(n=2, logprobs=True))

        frames = [json.loads(line[6:]) for line in sent_on(events).split(b"\n\n") if line]
        assert {frame["choices"][0]["index"] for frame in frames} == {0, 1}

    async def test_megabytes(self, client: LLMClient) -> None:
        assert len(said_in(sent_on(await heard(client, pass_on("big-chunk"))))) == 5_000_000

    async def test_chunks_leave_as_they_come(self, client: LLMClient) -> None:
        for way in ("silence-in-mid-answer", "gzipped-as-it-comes"):
            async with aclosing(await client.open(pass_on(way))) as opened:
                first = await anext(opened)

            assert isinstance(first, WireChunk)
            assert said_in(first.data).startswith("Hello ")

    async def test_a_server_that_doesnt_stream(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = lambda body: TEXT

        assert (await heard(client, pass_on("json-only")))[0] == TextDelta(TEXT)

    @pytest.mark.parametrize(
        "broken",
        [
            "empty",
            "empty-answer",
            "empty-stream",
            "error-first",
            "error-json",
            "garbage-chunk",
            "html",
            "huge-chunk",
            "refuse",
            "silence-after-role",
            "comments-for-ever",
            "status-429",
            "status-503",
        ],
    )
    async def test_fallback_until_the_first_token(
        self, connect: Connect, upstream: FakeOpenAI, broken: str
    ) -> None:
        chains = Chains(default=(ModelRef("lm_studio", "ok"),))
        client = connect(chains=chains, timeouts=Timeouts(first_token=0.3))
        events = await heard(client, pass_on(broken))

        assert said_in(sent_on(events)) == "Hello from the fake model."
        assert [call["model"] for call in upstream.calls] == [broken, "ok"]

    @pytest.mark.parametrize(
        ("broken", "words"),
        [
            ("cut", "broke off in mid-answer"),
            ("cut-cleanly", "broke off in mid-answer"),
            ("error-chunk", "Provider disconnected"),
            ("finish-error", "broke off with an error"),
            ("garbage-in-mid-answer", "isn't JSON"),
            ("silence-in-mid-answer", "nothing more came within 0.2 s"),
            ("comments-in-mid-answer", "nothing more came within 0.2 s"),
            ("tokens-for-ever", "wasn't done within 0.5 s"),
        ],
    )
    async def test_a_failure_after_the_first_token(
        self,
        connect: Connect,
        upstream: FakeOpenAI,
        ledger: RecordingLedger,
        broken: str,
        words: str,
    ) -> None:
        chains = Chains(default=(ModelRef("lm_studio", "ok"),))
        client = connect(chains=chains, timeouts=Timeouts(idle=0.2, total=0.5))
        *said, failed, end = await heard(client, pass_on(broken))

        assert said
        assert {type(event) for event in said} == {WireChunk}
        assert isinstance(failed, Failed)
        assert words in failed.error.message
        assert isinstance(end, End)
        assert end.finish_reason == "error"
        assert len(upstream.calls) == 1
        assert ledger.only.error == failed.error.code
        assert ledger.only.estimated is True
        assert ledger.only.usage.completion_tokens > 0


class TestWhole:
    async def test_the_very_bytes(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        upstream.reply = lambda body: TEXT
        answer, usage, end = await heard(client, pass_on(stream=False, n=2, logprobs=True))

        assert isinstance(answer, WireChunk)
        payload = json.loads(answer.data)
        assert [choice["message"]["content"] for choice in payload["choices"]] == [TEXT, TEXT]
        assert payload["choices"][1]["logprobs"]["content"]
        assert isinstance(usage, UsageReport)
        assert payload["usage"]["prompt_tokens"] == usage.usage.prompt_tokens
        assert end == End("stop", ModelRef("lm_studio", "ok"), end.attempts)  # type: ignore[union-attr]
        assert "stream_options" not in upstream.calls[0]

    @pytest.mark.parametrize("way", ["ok", "json-only", "gzipped-json"])
    async def test_ways(self, client: LLMClient, way: str) -> None:
        assert b"Hello from the fake model." in sent_on(
            await heard(client, pass_on(way, stream=False))
        )

    async def test_a_tool_call(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        upstream.reply = lambda body: {"price": 3}
        tools = [{"type": "function", "function": {"name": "seller_turn", "parameters": {}}}]
        events = await heard(client, pass_on(stream=False, tools=tools))

        assert b"tool_calls" in sent_on(events)
        assert isinstance(events[-1], End)
        assert events[-1].finish_reason == "tool_calls"

    async def test_a_server_that_only_streams(self, client: LLMClient) -> None:
        events = await heard(client, pass_on("comments", stream=False))

        assert "".join(e.text for e in events if isinstance(e, TextDelta)).startswith("Hello from")

    @pytest.mark.parametrize(
        ("broken", "words"),
        [
            ("cut-json", "broke off in mid-answer"),
            ("empty", "answered with nothing"),
            ("error-json", "Too many requests"),
            ("error-text", "the model has crashed"),
            ("html", "text/html"),
            ("html-as-json", "isn't JSON"),
            ("huge-json", "more than 5 MB"),
            ("silent-json", "answered with nothing"),
        ],
    )
    async def test_answers_that_are_none(self, client: LLMClient, broken: str, words: str) -> None:
        with pytest.raises(ChainExhausted, match=words):
            await heard(client, pass_on(broken, stream=False))

    @pytest.mark.parametrize("model", ["silence", "silence-after-headers"])
    async def test_it_may_take_four_times_the_first_token(
        self, connect: Connect, model: str
    ) -> None:
        with pytest.raises(ChainExhausted) as raised:
            await heard(connect(timeouts=Timeouts(first_token=0.05)), pass_on(model, stream=False))

        assert type(raised.value.cause) is ModelTimeout
        assert "said nothing within 0.2 s" in raised.value.message

    def test_but_never_longer_than_all(self) -> None:
        assert Timeouts(first_token=30, total=60).whole == 60


class TestOpenCall:
    async def test_what_is_known_with_the_first_event(self, connect: Connect) -> None:
        client = connect(chains=Chains(default=(ModelRef("lm_studio", "ok"),)))
        async with aclosing(await client.open(pass_on("status-503"))) as opened:
            assert opened.call.used == ModelRef("lm_studio", "ok")
            assert opened.call.tries == 2
            assert opened.entry is None

    async def test_what_it_came_to(self, client: LLMClient, ledger: RecordingLedger) -> None:
        async with aclosing(await client.open(pass_on())) as opened:
            async for _ in opened:
                pass
            assert opened.entry == ledger.only

        assert len(ledger.entries) == 1

    @pytest.mark.parametrize("model", ["tokens-for-ever", "silence-in-mid-answer"])
    async def test_closing_it_hangs_up_at_once(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger, model: str
    ) -> None:
        opened = await client.open(pass_on(model))
        await anext(opened)
        await opened.aclose()

        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()
        assert ledger.only.status == "cancelled"
        assert ledger.only.usage.completion_tokens > 0

    @pytest.mark.parametrize("model", ["silence", "silence-after-headers", "comments-for-ever"])
    @pytest.mark.parametrize("stream", [True, False])
    async def test_cancelling_it_before_the_first_token(
        self,
        client: LLMClient,
        upstream: FakeOpenAI,
        ledger: RecordingLedger,
        model: str,
        stream: bool,
    ) -> None:
        opening = asyncio.create_task(client.open(pass_on(model, stream=stream)))
        async with asyncio.timeout(30):
            while not upstream.requests:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
        opening.cancel()

        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert ledger.only.status == "cancelled"

    async def test_connections_are_used_again(
        self, connect_all: LLMClient, upstream: FakeOpenAI
    ) -> None:
        for stream in (True, False, True, False):
            await heard(connect_all, pass_on(ModelRef("openai", "ok"), stream=stream))

        assert upstream.accepted == 1

    async def test_a_slow_caller_is_no_silence(
        self, connect: Connect, upstream: FakeOpenAI
    ) -> None:
        """The model has long said the next word when the caller asks for it."""
        upstream.token_delay = 0.05
        async with aclosing(await connect(timeouts=Timeouts(idle=1.0)).open(pass_on())) as opened:
            await anext(opened)
            await asyncio.sleep(1.2)
            rest = [event async for event in opened]

        assert isinstance(rest[-1], End)
        assert rest[-1].finish_reason == "stop"

    async def test_a_large_body_goes_out(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        picture = "data:image/png;base64," + "A" * 3_000_000
        await heard(client, pass_on(picture=picture))

        assert upstream.calls[0]["picture"] == picture


class TestEmbeddings:
    async def test_vectors(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
    ) -> None:
        request = ask(messages=(), inputs=("four", "sixsix"))
        embedding = await client.embed(request)

        assert list(embedding.vectors) == [(4, 0.5, -0.25), (6, 0.5, -0.25)]
        assert embedding.model == ModelRef("lm_studio", "ok")
        assert upstream.requests[0].path == "/v1/embeddings"
        assert ledger.only.usage == embedding.usage
        assert embedding.usage.prompt_tokens == 2

    async def test_a_callers_own_body(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        body = {"model": "auto", "input": ["four"], "encoding_format": "base64"}
        answer, usage, end = await heard(client, ask(messages=(), inputs=("four",), body=body))

        assert isinstance(answer, WireChunk)
        assert json.loads(answer.data)["data"][0]["embedding"] == "AACAQAAAAD8AAIC+"
        assert isinstance(usage, UsageReport)
        assert isinstance(end, End)
        assert upstream.requests[0].body == body | {"model": "ok"}

    @pytest.mark.parametrize(
        ("broken", "words"),
        [
            ("status-404", "load the model"),
            ("json-only", "no vectors"),
            ("error-json", "Too many requests"),
            ("empty", "answered with nothing"),
        ],
    )
    async def test_none(self, client: LLMClient, broken: str, words: str) -> None:
        with pytest.raises(ChainExhausted, match=words):
            await client.embed(ask(broken, messages=(), inputs=("four",)))

    async def test_fallback(self, connect: Connect) -> None:
        client = connect(chains=Chains(default=(ModelRef("lm_studio", "ok"),)))
        embedding = await client.embed(ask("html", messages=(), inputs=("four",)))

        assert [attempt.error for attempt in embedding.attempts] == [BadGateway.code, None]
