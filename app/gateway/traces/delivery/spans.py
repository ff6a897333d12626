"""From what the outbox holds to what Galileo is told: a trace per turn, a span per try."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.gateway.traces.delivery.runs import ToldRun
from app.gateway.traces.models import Trace
from app.gateway.traces.outbox.redaction import redacted, redaction
from app.kit import json
from app.telemetry import (
    LlmSpanValue,
    SessionValue,
    ToolSpanValue,
    TraceValue,
)

_MILLISECOND = 1_000_000  # nanoseconds
_OK, _FAILED, _LEFT = 200, 500, 499
_STATUS = {"ok": _OK, "cancelled": _LEFT}

Json = Mapping[str, Any]


def session_of(row: Trace) -> SessionValue:
    if row.conversation_id is not None:
        return SessionValue(str(row.conversation_id), f"conversation {row.conversation_id}")
    return SessionValue(str(row.run_id), f"negotiation {row.run_id}")


def turn_trace(row: Trace) -> TraceValue:
    payload = row.payload or {}
    calls = sorted(payload["calls"].values(), key=lambda call: str(call["at"]))
    first, last = calls[0], calls[-1]
    begun = _moment(first)
    ended = _moment(last) + timedelta(milliseconds=last["latency_ms"])
    where = "" if row.round is None else f" of round {row.round}"
    return TraceValue(
        id=row.id,
        name=f"{payload['task']}{where}",
        input=_asked(first),
        output=last["answer"]["content"] or json.dumps(last["answer"]["tool_calls"]).decode(),
        created_at=begun,
        duration_ns=round((ended - begun).total_seconds() * 1e9),
        status_code=_STATUS.get(last["status"], _FAILED),
        spans=[span for call in calls for span in _spans(call)],
        metadata=_metadata(row, last),
        tags=[payload["task"]],
    )


def outcome_trace(row: Trace, run: ToldRun, *, redact_limits: bool) -> TraceValue:
    redact = redaction(run.private if redact_limits else ())

    def shown(value: Json) -> str:
        return json.dumps(redacted(dict(value), redact)).decode()

    return TraceValue(
        id=row.id,
        name=f"outcome of {redact(run.name)}",
        input=shown(run.opening),
        output=shown(run.outcome),
        created_at=run.started_at,
        duration_ns=round((run.ended_at - run.started_at).total_seconds() * 1e9),
        status_code=_OK,
        spans=[
            ToolSpanValue(
                name=move.name,
                input=shown({"by": move.by, "round": move.round}),
                output=shown(move.made),
                created_at=move.at,
            )
            for move in run.moves
        ],
        metadata=_metadata(row, None),
        tags=["outcome"],
    )


def _spans(call: Json) -> Iterator[LlmSpanValue | ToolSpanValue]:
    """Results of tools that this call was told, then each try in which something was heard."""
    begun = _moment(call)
    yield from _tool_spans(call["messages"], begun)
    heard = [attempt for attempt in call["attempts"] if attempt["heard"]]
    for attempt in heard or call["attempts"][-1:] or [{}]:
        earlier = call["attempts"][: _place(call["attempts"], attempt)]
        waited = sum(each["ms"] for each in earlier)
        yield _llm_span(call, attempt, begun + timedelta(milliseconds=waited))


def _place(attempts: Sequence[Json], attempt: Json) -> int:
    return next((place for place, each in enumerate(attempts) if each is attempt), 0)


def _llm_span(call: Json, attempt: Json, begun: datetime) -> LlmSpanValue:
    """What was said is the last try's; of one that broke off before nothing is kept."""
    last = not call["attempts"] or attempt is call["attempts"][-1]
    first_token = attempt.get("first_token_ms")
    failed = attempt.get("error") if attempt else call["error"]
    return LlmSpanValue(
        name=call["task"],
        model=attempt.get("model"),
        input=[_message(message) for message in call["messages"]],
        output=_answer(call["answer"]) if last else {"role": "assistant", "content": ""},
        created_at=begun,
        duration_ns=attempt.get("ms", call["latency_ms"]) * _MILLISECOND,
        first_token_ns=None if first_token is None else first_token * _MILLISECOND,
        prompt_tokens=attempt.get("prompt_tokens"),
        completion_tokens=attempt.get("completion_tokens"),
        status_code=_OK if failed is None else _LEFT if failed == "CANCELLED" else _FAILED,
        temperature=call["temperature"],
        tools=[{"type": "function", "function": {"name": name}} for name in call["tools"]],
        metadata=_texts(
            {
                "error": failed,
                "finish_reason": call["finish_reason"],
                "cache": call["cache"],
                "cost_usd": call["cost_usd"],
                "estimated": call["estimated"],
            }
        ),
    )


def _tool_spans(messages: Sequence[Json], at: datetime) -> Iterator[ToolSpanValue]:
    """For the newest results: those before were told with the turn that they belong to."""
    calls = {call["id"]: call for message in messages for call in message.get("tool_calls", ())}
    fresh = len(messages)
    while fresh and messages[fresh - 1]["role"] == "tool":
        fresh -= 1
    for result in messages[fresh:]:
        call = calls.get(result.get("tool_call_id"), {})
        yield ToolSpanValue(
            name=call.get("name", "tool"),
            input=call.get("arguments", ""),
            output=result["content"],
            created_at=at,
            tool_call_id=result.get("tool_call_id"),
        )


def _message(message: Json) -> dict[str, Any]:
    shown = dict(message)
    if message.get("tool_calls"):
        shown["tool_calls"] = _tool_calls(message["tool_calls"])
    return shown


def _answer(answer: Json) -> dict[str, Any]:
    shown: dict[str, Any] = {"role": "assistant", "content": answer["content"]}
    if answer["tool_calls"]:
        shown["tool_calls"] = _tool_calls(answer["tool_calls"])
    return shown


def _tool_calls(calls: Sequence[Json]) -> list[dict[str, Any]]:
    return [
        {"id": c["id"], "function": {"name": c["name"], "arguments": c["arguments"]}} for c in calls
    ]


def _asked(call: Json) -> str:
    """The newest of what the model was told, but for what it said itself."""
    told = [m["content"] for m in call["messages"] if m["role"] in ("user", "tool")]
    return str(told[-1]) if told else ""


def _moment(call: Json) -> datetime:
    return datetime.fromisoformat(call["at"])


def _metadata(row: Trace, call: Json | None) -> dict[str, str]:
    return _texts(
        {
            "tenant_id": row.tenant_id,
            "run_id": row.run_id,
            "conversation_id": row.conversation_id,
            "message_id": row.message_id,
            "seat_id": row.seat_id,
            "round": row.round,
            "trace_id": call["trace_id"] if call else None,
            "error": call["error"] if call else None,
        }
    )


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}
