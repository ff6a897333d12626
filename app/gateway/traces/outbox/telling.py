"""What is kept of a call to be told later: JSON values, redacted and bounded."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.gateway.traces.outbox.redaction import Redact, redacted, redaction
from app.gateway.traces.outbox.sampling import group_of
from app.kit.clock import iso_z
from app.kit.frozen import frozen
from app.kit.ids import id_of
from app.llm import Attempt, CacheUse, CallContext, LedgerEntry, Message, Said, ToolCall, TracedCall

_LONGEST_TEXT = 50_000
_MOST_MESSAGES = 100


@frozen
class ToldTurn:
    """A turn, or more of one that is told already: `calls` are its calls by id."""

    id: UUID
    tenant_id: str
    run_id: UUID | None
    conversation_id: UUID | None
    message_id: UUID | None
    seat_id: UUID | None
    round: int | None
    created_at: datetime
    task: str
    calls: Mapping[str, Mapping[str, Any]]


def told(call: TracedCall, *, redact_limits: bool) -> ToldTurn:
    """Takes as long as what was said is: for a thread."""
    context = call.entry.context
    redact = redaction(context.private if redact_limits else ())
    turn = context.turn
    negotiating = context.conversation_id is None
    return ToldTurn(
        id=turn_id(call.entry),
        tenant_id=context.tenant_id,
        run_id=context.run_id if negotiating else None,
        conversation_id=context.conversation_id,
        message_id=turn.message_id if turn else None,
        seat_id=turn.seat_id if turn else None,
        round=turn.round if turn else None,
        created_at=call.entry.created_at,
        task=call.entry.task,
        calls={str(call.entry.id): _call(call, redact)},
    )


def turn_id(entry: LedgerEntry) -> UUID:
    """The same for all calls of one turn; a call that belongs to none is a turn of its own."""
    context = entry.context
    return _turn_id(context) or id_of("trace", entry.id)


def _turn_id(context: CallContext) -> UUID | None:
    turn = context.turn
    if turn is None:
        return None
    if turn.message_id is not None:
        return id_of("trace", turn.message_id)
    return id_of("trace", group_of(context), turn.seat_id, turn.round)


def _call(call: TracedCall, redact: Redact) -> dict[str, Any]:
    entry, request = call.entry, call.request
    return {
        "task": entry.task,
        "at": iso_z(entry.created_at),
        "latency_ms": entry.latency_ms,
        "status": entry.status,
        "error": entry.error,
        "cost_usd": None if entry.cost is None else f"{entry.cost:f}",
        "estimated": entry.estimated,
        "cache": entry.cache,
        "trace_id": entry.trace_id,
        "finish_reason": call.finish_reason,
        "temperature": request.temperature,
        "messages": redacted([_message(each) for each in _some(request.messages)], redact),
        "tools": [tool.name for tool in request.tools[:_MOST_MESSAGES]],
        "answer": redacted(_answer(call.said()), redact),
        "attempts": _attempts(entry),
    }


def _some(messages: Sequence[Message]) -> Sequence[Message]:
    """The first, which has the instructions, and the newest."""
    if len(messages) <= _MOST_MESSAGES:
        return messages
    return (messages[0], *messages[1 - _MOST_MESSAGES :])


def _message(message: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {"role": message.role, "content": _clipped(message.content)}
    if message.tool_calls:
        shown["tool_calls"] = [_tool_call(each) for each in message.tool_calls]
    if message.tool_call_id is not None:
        shown["tool_call_id"] = message.tool_call_id
    return shown


def _answer(said: Said) -> dict[str, Any]:
    return {
        "content": _clipped(said.text),
        "tool_calls": [_tool_call(each) for each in said.tool_calls],
        "thinking": said.thinking,
    }


def _tool_call(call: ToolCall) -> dict[str, str]:
    return {"id": call.id, "name": call.name, "arguments": _clipped(call.arguments)}


def _attempts(entry: LedgerEntry) -> list[dict[str, Any]]:
    """From the cache comes one, of the model that said it then, which cost nothing."""
    if entry.cache is CacheUse.HIT:
        model = str(entry.used) if entry.used else None
        return [{"model": model, "ms": entry.latency_ms, "error": None, "heard": True}]
    return [_attempt(attempt) for attempt in entry.attempts]


def _attempt(attempt: Attempt) -> dict[str, Any]:
    usage = attempt.usage
    return {
        "model": str(attempt.model),
        "ms": attempt.latency_ms,
        "first_token_ms": attempt.first_token_ms,
        "error": attempt.error,
        "heard": usage is not None,
        "prompt_tokens": usage.prompt_tokens if usage else None,
        "completion_tokens": usage.completion_tokens if usage else None,
    }


def _clipped(text: str) -> str:
    """What JSON in PostgreSQL can't hold is shown as what it isn't."""
    text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:_LONGEST_TEXT]}… [{len(text) - _LONGEST_TEXT} characters left out]"
