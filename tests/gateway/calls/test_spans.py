"""What a span tells of a call, and that it tells no word of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.gateway import ModelSpans
from app.kit.spans import Span
from app.kit.trace import TraceContext
from app.llm import (
    Attempt,
    Call,
    CallContext,
    LedgerEntry,
    Message,
    ModelRef,
    ModelRequest,
    Role,
    Task,
    TracedCall,
    Usage,
)
from app.llm.errors import ModelTimeout

AROUND = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
RUN_ID, CONVERSATION_ID = UUID(int=1), UUID(int=2)
BEGAN = datetime(2026, 1, 31, 12, 0, 0, 5, tzinfo=UTC)
SAID = "a prompt that nobody else reads"


class Kept:
    on = True

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def begin(self, trace: TraceContext) -> bool:
        return True

    def wants(self, trace: TraceContext) -> bool:
        return True

    def end(self, span: Span) -> None:
        self.spans.append(span)


def entry(*attempts: Attempt, error: Exception | None = None) -> LedgerEntry:
    request = ModelRequest(
        task=Task.CHAT,
        messages=(Message(Role.USER, SAID),),
        context=CallContext("acme", RUN_ID, conversation_id=CONVERSATION_ID),
    )
    call = Call(request, created_at=BEGAN)
    call.attempts = list(attempts)
    if error is None:
        call.used = attempts[-1].model
        call.succeed()
    else:
        call.broke(error)
    return LedgerEntry.of(call)


def span_of(
    told: LedgerEntry, trace: TraceContext | None = AROUND, finish: str | None = "stop"
) -> Span:
    sink = Kept()
    request = ModelRequest(told.task, (Message(Role.USER, SAID),), told.context)
    ModelSpans(sink).record(TracedCall(told, request, finish, None, trace))
    (span,) = sink.spans
    return span


def answered(usage: Usage) -> Attempt:
    return Attempt(ModelRef("gemini", "flash"), None, None, 30, 10, usage)


def test_an_answer() -> None:
    span = span_of(entry(answered(Usage(7, 5))))

    assert span.name == "chat flash"
    assert (span.trace.trace_id, span.parent_id, span.root) == (
        AROUND.trace_id,
        AROUND.span_id,
        False,
    )
    assert span.error is None
    assert span.attributes["gen_ai.provider.name"] == "gcp.gemini"
    assert span.attributes["gen_ai.response.model"] == "flash"
    assert span.attributes["gen_ai.usage.input_tokens"] == 7
    assert span.attributes["gen_ai.usage.output_tokens"] == 5
    assert span.attributes["gen_ai.response.finish_reasons"] == ("stop",)
    assert span.attributes["gen_ai.conversation.id"] == str(CONVERSATION_ID)
    assert span.attributes["parley.run_id"] == str(RUN_ID)
    assert SAID not in repr(span)


def test_a_model_that_was_passed_over_is_no_attempt() -> None:
    over = replace(answered(Usage()), usage=None, passed_over=True)

    assert span_of(entry(over, answered(Usage(7, 5)))).attributes["parley.attempts"] == 1


def test_it_begins_when_the_call_did_to_the_microsecond() -> None:
    span = span_of(entry(answered(Usage(7, 5))))

    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert epoch + timedelta(microseconds=span.start // 1_000) == BEGAN
    assert span.start % 1_000 == 0


def test_a_call_that_nobody_answered() -> None:
    failed = Attempt(ModelRef("openai", "gpt"), "LLM_TIMEOUT", SAID, 30, None, None)
    span = span_of(entry(failed, error=ModelTimeout(SAID)), finish=None)

    assert span.error == ModelTimeout.code
    assert span.attributes["gen_ai.request.model"] == "gpt"
    assert "gen_ai.response.model" not in span.attributes
    assert SAID not in repr(span)


def test_a_call_of_no_request_begins_a_trace() -> None:
    span = span_of(entry(answered(Usage(1, 1))), trace=None)

    assert span.root
    assert span.parent_id is None
