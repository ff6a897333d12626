"""Calls to models as spans, by the conventions for generative AI: tokens and names, never text.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
"""

from datetime import UTC, datetime, timedelta

from app.kit.spans import Moment, Span, SpanKind, SpanSink, Value
from app.kit.trace import TraceContext, new_trace
from app.llm import CallContext, CallStatus, LedgerEntry, ModelRef, Task, TracedCall

_EPOCH = datetime.fromtimestamp(0, UTC)
_MICROSECOND = timedelta(microseconds=1)
_MILLISECOND = 1_000_000
_NAMES = {"gemini": "gcp.gemini", "mistral": "mistral_ai", "xai": "x_ai"}
"""Providers that the conventions know by another name."""


class ModelSpans:
    """The core's `Tracer`, for a sink of spans."""

    def __init__(self, sink: SpanSink) -> None:
        self._sink = sink

    def wants(self, context: CallContext) -> bool:  # noqa: ARG002  # of the protocol
        """What was said isn't wanted here."""
        return False

    def record(self, call: TracedCall) -> None:
        around = call.trace
        trace = new_trace() if around is None else around.child()
        if self._sink.wants(trace):
            self._sink.end(_span(call, trace, None if around is None else around.span_id))


def _span(call: TracedCall, trace: TraceContext, parent_id: str | None) -> Span:
    entry = call.entry
    operation = "embeddings" if entry.task is Task.EMBEDDING else "chat"
    model = heard.model if (heard := _heard(entry)) else ""
    start = (entry.created_at - _EPOCH) // _MICROSECOND * 1_000
    first = entry.first_token_ms
    return Span(
        name=f"{operation} {model}".rstrip(),
        kind=SpanKind.CLIENT,
        trace=trace,
        parent_id=parent_id,
        root=parent_id is None,
        start=start,
        end=start + entry.latency_ms * _MILLISECOND,
        attributes=_attributes(call, operation),
        error=entry.error or (None if entry.status is CallStatus.OK else entry.status.value),
        moments=() if first is None else (Moment("first_token", start + first * _MILLISECOND),),
    )


def _attributes(call: TracedCall, operation: str) -> dict[str, Value]:
    entry, context, heard = call.entry, call.entry.context, _heard(call.entry)
    found: dict[str, Value] = {
        "gen_ai.operation.name": operation,
        "gen_ai.usage.input_tokens": entry.usage.prompt_tokens,
        "gen_ai.usage.output_tokens": entry.usage.completion_tokens,
        "parley.call_id": str(entry.id),
        "parley.task": entry.task.value,
        "parley.attempts": sum(not attempt.passed_over for attempt in entry.attempts),
        "parley.cache": entry.cache.value,
    }
    if heard is not None:
        found["gen_ai.provider.name"] = _NAMES.get(heard.provider, heard.provider)
        found["gen_ai.request.model"] = heard.model
    if entry.used is not None:
        found["gen_ai.response.model"] = entry.used.model
    if call.finish_reason is not None:
        found["gen_ai.response.finish_reasons"] = (call.finish_reason,)
    if context.run_id is not None:
        found["parley.run_id"] = str(context.run_id)
    if context.conversation_id is not None:
        found["gen_ai.conversation.id"] = str(context.conversation_id)
    return found


def _heard(entry: LedgerEntry) -> ModelRef | None:
    """The model that answered, or was asked last; not what the caller asked for in its words."""
    return entry.used or (entry.attempts[-1].model if entry.attempts else None)
