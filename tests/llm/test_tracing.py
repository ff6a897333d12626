"""What tracers get to see of a call, however it ends, and that nothing is kept for nobody."""

from contextlib import aclosing

import pytest

from app.kit.trace import TraceContext, enter_trace, leave_trace
from app.llm import (
    CallContext,
    CallStatus,
    ChainExhausted,
    LLMClient,
    TracedCall,
    Tracers,
)
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

TRACE = TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")


class Watching:
    def __init__(self, *, curious: bool = True) -> None:
        self.curious = curious
        self.calls: list[TracedCall] = []

    def wants(self, context: CallContext) -> bool:
        return self.curious and context.tenant_id == "default"

    def record(self, call: TracedCall) -> None:
        self.calls.append(call)


@pytest.fixture
def tracer() -> Watching:
    return Watching()


@pytest.fixture
def client(connect: Connect, tracer: Watching) -> LLMClient:
    return connect(tracer=tracer)


async def test_a_whole_answer_is_seen_with_its_question(
    client: LLMClient, tracer: Watching, ledger: RecordingLedger
) -> None:
    token = enter_trace(TRACE)
    try:
        await client.complete(ask())
    finally:
        leave_trace(token)
    (call,) = tracer.calls
    assert call.entry is ledger.only
    assert call.request.messages == ask().messages
    assert call.said().text == "Hello from the fake model."
    assert call.finish_reason == "stop"
    assert call.trace is TRACE


async def test_a_streamed_answer_is_seen_too(client: LLMClient, tracer: Watching) -> None:
    async with aclosing(client.stream(ask())) as events:
        async for _ in events:
            pass
    (call,) = tracer.calls
    assert call.said().text == "Hello from the fake model."


async def test_who_leaves_has_heard_what_it_heard(
    client: LLMClient, tracer: Watching, upstream: FakeOpenAI
) -> None:
    upstream.token_delay = 0.05
    async with aclosing(client.stream(ask())) as events:
        await anext(events)
    (call,) = tracer.calls
    assert call.entry.status is CallStatus.CANCELLED
    assert "Hello from the fake model.".startswith(call.said().text)
    assert call.finish_reason is None


async def test_a_call_that_nobody_answers_is_seen(client: LLMClient, tracer: Watching) -> None:
    with pytest.raises(ChainExhausted):
        await client.complete(ask("status-500"))
    (call,) = tracer.calls
    assert call.entry.status is CallStatus.ERROR
    assert call.heard == ()


async def test_an_answer_that_breaks_off_is_seen(client: LLMClient, tracer: Watching) -> None:
    async with aclosing(client.stream(ask("cut"))) as events:
        async for _ in events:
            pass
    (call,) = tracer.calls
    assert call.finish_reason == "error"
    assert call.said().text


async def test_nothing_is_kept_for_who_does_not_want_it(connect: Connect) -> None:
    tracer = Watching(curious=False)
    client = connect(tracer=tracer)
    await client.complete(ask())
    async with aclosing(client.stream(ask())) as events:
        async for _ in events:
            pass
    assert [call.heard for call in tracer.calls] == [None, None]


async def test_several_tracers_see_the_same(connect: Connect) -> None:
    curious, indifferent = Watching(), Watching(curious=False)
    await connect(tracer=Tracers.of(curious, None, indifferent)).complete(ask())
    assert curious.calls == indifferent.calls
    assert Tracers.of(None) is None
