"""What a trace is made of, and what may wait in memory for a database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateway.traces.outbox.sampling import Sampling, group_of
from app.kit.ids import new_id
from app.llm import (
    Attempt,
    CacheUse,
    CallContext,
    CallStatus,
    Message,
    ModelRef,
    Role,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Turn,
    Usage,
)
from tests.fakes.galileo import FakeGalileo
from tests.gateway.conftest import HAIKU
from tests.gateway.traces.conftest import Trace, call, context, record, until


async def test_a_turn_is_one_trace_however_often_a_model_was_asked(
    trace: Trace, galileo: FakeGalileo
) -> None:
    of = CallContext("default", run_id=new_id(), turn=Turn(seat_id=new_id(), round=2))
    async with trace(settle=0.3) as tracing:
        record(tracing, call(of))
        await until(lambda: tracing.outbox is not None and tracing.outbox.written == 1)
        record(tracing, call(of, heard=(TextDelta("Better."),)))
        await until(lambda: tracing.status().delivered == 1)
        [told] = galileo.traces.values()
        assert told["output"] == "Better."
        assert len(told["spans"]) == 2
        record(tracing, call(of, heard=(TextDelta("Too late."),)))
        await until(lambda: tracing.status().delivered == 2)
    [_, late] = galileo.traces.values()
    assert late["session_id"] == told["session_id"]
    assert late["output"] == "Too late."


async def test_tries_and_tools_are_spans(trace: Trace, galileo: FakeGalileo) -> None:
    attempts = (
        Attempt(HAIKU, "LLM_TIMEOUT", "silent", 1000),
        Attempt(HAIKU, "LLM_BAD_GATEWAY", "cut", 200, 50, Usage(10, 2)),
        Attempt(ModelRef("openai", "o"), None, None, 300, 90, Usage(11, 5)),
    )
    asked = (
        Message(Role.USER, "What is the weather?"),
        Message(Role.ASSISTANT, "", tool_calls=(ToolCall("c1", "weather", '{"at":"Graz"}'),)),
        Message(Role.TOOL, "sunny", tool_call_id="c1"),
    )
    wanted = (ToolCallDelta(0, "wind", '{"at"', "c2"), ToolCallDelta(0, "", ':"Graz"}'))
    async with trace() as tracing:
        record(tracing, call(None, *asked, heard=wanted, attempts=attempts))
        await until(lambda: tracing.status().delivered == 1)
    [told] = galileo.traces.values()
    tool, cut, heard = told["spans"]
    assert (tool["type"], tool["name"], tool["input"], tool["output"]) == (
        "tool", "weather", '{"at":"Graz"}', "sunny",
    )  # fmt: skip
    assert (cut["model"], cut["status_code"], cut["output"]["content"]) == (str(HAIKU), 500, "")
    assert (heard["model"], heard["status_code"]) == ("openai:o", 200)
    assert heard["metrics"] == {
        "duration_ns": 300_000_000,
        "time_to_first_token_ns": 90_000_000,
        "num_input_tokens": 11,
        "num_output_tokens": 5,
        "num_total_tokens": 16,
    }
    [called] = heard["output"]["tool_calls"]
    assert called["function"] == {"name": "wind", "arguments": '{"at":"Graz"}'}


async def test_a_call_that_nobody_answered_is_told_as_failed(
    trace: Trace, galileo: FakeGalileo
) -> None:
    attempts = (Attempt(HAIKU, "LLM_TIMEOUT", "silent", 1000),)
    failed = call(heard=(), attempts=attempts, status=CallStatus.ERROR, error="LLM_TIMEOUT")
    async with trace() as tracing:
        record(tracing, failed)
        await until(lambda: tracing.status().delivered == 1)
    [told] = galileo.traces.values()
    assert told["status_code"] == 500
    assert told["user_metadata"]["error"] == "LLM_TIMEOUT"
    assert [span["status_code"] for span in told["spans"]] == [500]


async def test_what_is_no_text_is_told_without(trace: Trace, galileo: FakeGalileo) -> None:
    async with trace() as tracing:
        record(tracing, call(heard=(TextDelta("a\0b\ud800c"),)))
        await until(lambda: tracing.status().delivered == 1)
    [told] = galileo.traces.values()
    assert told["output"] == "a\ufffdb?c"


async def test_an_answer_from_the_cache_says_so(trace: Trace, galileo: FakeGalileo) -> None:
    async with trace() as tracing:
        record(tracing, call(cache=CacheUse.HIT, attempts=()))
        await until(lambda: tracing.status().delivered == 1)
    [told] = galileo.traces.values()
    assert told["spans"][0]["user_metadata"]["cache"] == "hit"


@pytest.mark.parametrize("redact", [True, False])
async def test_limits_stay_unless_they_may_go(
    trace: Trace, galileo: FakeGalileo, *, redact: bool
) -> None:
    of = context(private=(Decimal("1092.50"),))
    async with trace(redact_limits=redact) as tracing:
        record(tracing, call(of, Message(Role.USER, "At most $1,092.50, key sk-canary-123456")))
        await until(lambda: tracing.status().delivered == 1)
    assert ("1,092.50" in galileo.wire) is not redact
    assert "sk-canary" not in galileo.wire


async def test_what_waits_in_memory_is_bounded(trace: Trace) -> None:
    huge = Message(Role.USER, "x" * 9_000_000)
    async with trace(settle=3600) as tracing:
        record(tracing, call(None, huge), call(None, huge))
        assert tracing.status().lost == 1


class TestSampling:
    @given(st.uuids(version=4), st.floats(0, 1))
    def test_a_whole_session_is_in_or_out(self, group: object, rate: float) -> None:
        sampling = Sampling(rate)
        turns = [Turn(seat_id=new_id(), round=number) for number in range(3)]
        contexts = [CallContext("default", run_id=group, turn=turn) for turn in turns]  # type: ignore[arg-type]
        assert len({sampling.takes_call(each) for each in contexts}) == 1

    def test_takes_about_its_share(self) -> None:
        taken = sum(Sampling(0.25).takes(new_id()) for _ in range(4000))
        assert 800 < taken < 1200

    def test_all_or_none(self) -> None:
        assert Sampling(1).takes(new_id())
        assert not Sampling(0).takes(new_id())

    def test_who_calls_the_gateway_is_in_no_session(self) -> None:
        assert group_of(CallContext("default")) is None
        assert group_of(CallContext("default", run_id=new_id())) is None
