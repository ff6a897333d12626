import asyncio
import contextlib
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from app.llm import (
    CallContext,
    CallStatus,
    ChainExhausted,
    Chains,
    End,
    Failed,
    LLMClient,
    ModelRef,
    OutputSchema,
    ProviderDisabled,
    RetryPolicy,
    Task,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReport,
)
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

TEXT = "Hello from the fake model."
OFFER = OutputSchema("seller_turn", {"type": "object", "properties": {"price": {}}})


class TestComplete:
    async def test_answer(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        completion = await client.complete(ask())

        assert completion.text == TEXT
        assert completion.output is None
        assert completion.finish_reason == "stop"
        assert completion.model == ModelRef("lm_studio", "ok")
        assert completion.usage.prompt_tokens > 0
        assert completion.usage.completion_tokens > 0
        assert [(a.model.model, a.error) for a in completion.attempts] == [("ok", None)]

    async def test_request_on_the_wire(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        await client.complete(ask(temperature=0.25, max_tokens=77))

        assert upstream.calls == [
            {
                "model": "ok",
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Say hello."},
                ],
                "stream": True,
                "stream_options": {"include_usage": True},
                "temperature": 0.25,
                "max_tokens": 77,
            }
        ]

    async def test_object(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        upstream.reply = lambda body: {"price": 12.5}
        completion = await client.complete(ask(output=OFFER))

        assert completion.output == completion.text == '{"price": 12.5}'

    async def test_prose_is_no_object(self, client: LLMClient) -> None:
        completion = await client.complete(ask(output=OFFER))

        assert completion.output is None
        assert completion.text == TEXT

    async def test_a_broken_answer_is_asked_for_again(
        self, connect: Connect, upstream: FakeOpenAI
    ) -> None:
        upstream.faults.extend(["cut", "error-chunk"])
        completion = await connect(retry=RetryPolicy()).complete(ask("m"))

        assert completion.text == TEXT
        assert [a.error for a in completion.attempts] == [
            "LLM_BAD_GATEWAY",
            "LLM_PROVIDER_UNAVAILABLE",
            None,
        ]

    async def test_a_broken_answer_goes_to_the_next_model(self, connect: Connect) -> None:
        client = connect(chains=Chains(default=(ModelRef("lm_studio", "ok"),)))
        completion = await client.complete(ask("cut"))

        assert completion.model.model == "ok"
        assert completion.text == TEXT


class TestStream:
    async def test_events(self, client: LLMClient) -> None:
        events = [event async for event in client.stream(ask())]

        *deltas, usage, end = events
        assert [event for event in deltas if not isinstance(event, TextDelta)] == []
        assert "".join(e.text for e in deltas if isinstance(e, TextDelta)) == TEXT
        assert isinstance(usage, UsageReport)
        assert isinstance(end, End)
        assert end.model == ModelRef("lm_studio", "ok")
        assert [a.error for a in end.attempts] == [None]

    async def test_thinking_is_kept_apart(self, client: LLMClient) -> None:
        events = [event async for event in client.stream(ask("thinking"))]

        assert events[:2] == [ThinkingDelta("Hm, "), ThinkingDelta("yes")]
        assert "".join(e.text for e in events if isinstance(e, TextDelta)) == TEXT

    async def test_tool_call(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        upstream.reply = lambda body: {"price": 3}
        request = ask(ModelRef("lm_studio", "no-response-format"), output=OFFER)
        events = [event async for event in client.stream(request)]

        calls = [event for event in events if isinstance(event, ToolCallDelta)]
        assert calls[0].name == "seller_turn"
        assert "".join(call.arguments for call in calls) == '{"price": 3}'

    async def test_tokens_arrive_as_they_are_said(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        async with aclosing(client.stream(ask("silence-in-mid-answer"))) as events:
            first = await anext(events)

        assert first == TextDelta("Hello ")

    async def test_fallback_before_the_first_event(self, connect: Connect) -> None:
        client = connect(chains=Chains(default=(ModelRef("lm_studio", "ok"),)))
        events = [event async for event in client.stream(ask("empty-answer"))]

        end = events[-1]
        assert isinstance(end, End)
        assert [(a.model.model, a.error) for a in end.attempts] == [
            ("empty-answer", "LLM_BAD_GATEWAY"),
            ("ok", None),
        ]

    async def test_a_failure_after_the_first_event_ends_the_stream(
        self, connect: Connect, upstream: FakeOpenAI
    ) -> None:
        client = connect(chains=Chains(default=(ModelRef("lm_studio", "ok"),)), retry=RetryPolicy())
        *deltas, failed, end = [event async for event in client.stream(ask("cut"))]

        assert deltas == [TextDelta("Hello "), TextDelta("from ")]
        assert isinstance(failed, Failed)
        assert failed.error.code == "LLM_BAD_GATEWAY"
        assert isinstance(end, End)
        assert end.finish_reason == "error"
        assert [a.error for a in end.attempts] == ["LLM_BAD_GATEWAY"]
        assert len(upstream.calls) == 1

    async def test_the_whole_chain_failed(self, client: LLMClient) -> None:
        with pytest.raises(ChainExhausted):
            await anext(client.stream(ask("status-500")))


class TestCancellation:
    async def test_before_the_first_token(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        task = asyncio.create_task(client.complete(ask("silence")))
        await _called(upstream)
        task.cancel()

        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()
        with pytest.raises(asyncio.CancelledError):
            await task

    @pytest.mark.parametrize("model", ["silence-after-headers", "silence-in-mid-answer"])
    async def test_in_mid_answer(self, client: LLMClient, upstream: FakeOpenAI, model: str) -> None:
        task = asyncio.create_task(client.complete(ask(model)))
        await _called(upstream)
        await asyncio.sleep(0.05)
        task.cancel()

        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def test_leaving_a_stream(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        async with aclosing(client.stream(ask("tokens-for-ever"))) as events:
            await anext(events)

        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()

    async def test_cancelling_a_reader(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        async def read() -> None:
            async with aclosing(client.stream(ask("silence-in-mid-answer"))) as events:
                async for _ in events:
                    reading.set()

        reading = asyncio.Event()
        task = asyncio.create_task(read())
        await reading.wait()
        task.cancel()

        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()
        with pytest.raises(asyncio.CancelledError):
            await task


class TestLedger:
    """Every way out leaves one entry."""

    async def test_success(self, connect: Connect, ledger: RecordingLedger) -> None:
        now = datetime(2026, 5, 4, 12, tzinfo=UTC)
        context = CallContext("acme", run_id=uuid4())
        completion = await connect(clock=lambda: now).complete(ask(context=context))

        entry = ledger.only
        assert entry.task is Task.BUYER_TURN
        assert entry.context == context
        assert entry.asked == entry.used == ModelRef("lm_studio", "ok")
        assert entry.status is CallStatus.OK
        assert entry.error is None
        assert entry.attempts == completion.attempts
        assert entry.usage == completion.usage
        assert entry.estimated is False
        assert entry.cost is None
        assert entry.created_at == now

    async def test_times(
        self, connect: Connect, ledger: RecordingLedger, upstream: FakeOpenAI
    ) -> None:
        ticks = iter(range(100))
        await connect(monotonic=lambda: next(ticks)).complete(ask())

        entry = ledger.only
        assert entry.first_token_ms is not None
        assert 0 < entry.first_token_ms < entry.latency_ms
        (attempt,) = entry.attempts
        assert attempt.first_token_ms is not None
        assert 0 < attempt.first_token_ms < attempt.latency_ms < entry.latency_ms

    async def test_cost_the_provider_told(
        self, client: LLMClient, ledger: RecordingLedger, upstream: FakeOpenAI
    ) -> None:
        upstream.usage = {"cost": 0.00042, "completion_tokens_details": {"reasoning_tokens": 3}}
        await client.complete(ask())

        assert ledger.only.cost == Decimal("0.00042")
        assert ledger.only.usage.reasoning_tokens == 3

    async def test_tokens_nobody_counted(self, client: LLMClient, ledger: RecordingLedger) -> None:
        await client.complete(ask("cut-after-finish"))

        assert ledger.only.estimated is True
        assert ledger.only.usage.prompt_tokens > 0
        assert ledger.only.usage.completion_tokens == -(-len(TEXT) // 4)

    async def test_fallback(self, connect: Connect, ledger: RecordingLedger) -> None:
        client = connect(chains=Chains(default=(ModelRef("lm_studio", "ok"),)))
        await client.complete(ask("status-500"))

        assert ledger.only.asked == ModelRef("lm_studio", "status-500")
        assert ledger.only.used == ModelRef("lm_studio", "ok")
        assert [a.error for a in ledger.only.attempts] == ["LLM_PROVIDER_UNAVAILABLE", None]

    @pytest.mark.parametrize("model", ["status-500", "cut", "error-chunk", "html"])
    async def test_failure(self, connect: Connect, ledger: RecordingLedger, model: str) -> None:
        with pytest.raises(ChainExhausted) as raised:
            await connect(retry=RetryPolicy(retries=1)).complete(ask(model))

        assert ledger.only.status is CallStatus.ERROR
        assert ledger.only.error == raised.value.code
        assert ledger.only.attempts == raised.value.attempts
        assert len(ledger.only.attempts) == 2

    async def test_provider_disabled(self, client: LLMClient, ledger: RecordingLedger) -> None:
        with pytest.raises(ProviderDisabled):
            await client.complete(ask(ModelRef("openai", "gpt-5")))

        assert ledger.only.status is CallStatus.ERROR
        assert ledger.only.error == "LLM_PROVIDER_DISABLED"
        assert ledger.only.attempts == ()

    async def test_cancelled(
        self, client: LLMClient, ledger: RecordingLedger, upstream: FakeOpenAI
    ) -> None:
        task = asyncio.create_task(client.complete(ask("silence")))
        await _called(upstream)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

        assert ledger.only.status is CallStatus.CANCELLED
        assert ledger.only.error is None
        assert [a.error for a in ledger.only.attempts] == ["CANCELLED"]

    async def test_stream_to_its_end(self, client: LLMClient, ledger: RecordingLedger) -> None:
        events = [event async for event in client.stream(ask())]

        assert ledger.only.status is CallStatus.OK
        assert isinstance(events[-1], End)
        assert ledger.only.attempts == events[-1].attempts

    async def test_stream_left_after_its_end(
        self, client: LLMClient, ledger: RecordingLedger
    ) -> None:
        async with aclosing(client.stream(ask())) as events:
            async for event in events:
                if isinstance(event, End):
                    break

        assert ledger.only.status is CallStatus.OK

    async def test_stream_left_in_mid_answer(
        self, client: LLMClient, ledger: RecordingLedger
    ) -> None:
        async with aclosing(client.stream(ask("tokens-for-ever"))) as events:
            await anext(events)
            await anext(events)

        assert ledger.only.status is CallStatus.CANCELLED
        assert ledger.only.used == ModelRef("lm_studio", "tokens-for-ever")
        assert ledger.only.estimated is True
        assert ledger.only.usage.completion_tokens == 3  # "more more ", ten characters

    async def test_stream_that_broke_off(self, client: LLMClient, ledger: RecordingLedger) -> None:
        async for _ in client.stream(ask("error-chunk")):
            pass

        assert ledger.only.status is CallStatus.ERROR
        assert ledger.only.error == "LLM_PROVIDER_UNAVAILABLE"
        assert ledger.only.used == ModelRef("lm_studio", "error-chunk")

    async def test_stream_that_never_began(
        self, client: LLMClient, ledger: RecordingLedger
    ) -> None:
        with pytest.raises(ChainExhausted):
            await anext(client.stream(ask("status-404")))

        assert ledger.only.status is CallStatus.ERROR
        assert ledger.only.used is None

    async def test_a_bug_of_ours(self, connect: Connect, ledger: RecordingLedger) -> None:
        def broken(body: object) -> None:
            raise ZeroDivisionError

        client = connect(sleep=broken, retry=RetryPolicy())
        with pytest.raises(ZeroDivisionError):
            await client.complete(ask("status-500"))

        assert ledger.only.status is CallStatus.ERROR
        assert ledger.only.error == "INTERNAL_ERROR"


async def _called(upstream: FakeOpenAI) -> None:
    async with asyncio.timeout(30):
        while not upstream.requests:
            await asyncio.sleep(0.005)
