"""From what the outbox holds of a turn to the trace that Galileo is told."""

from datetime import timedelta

from app.gateway.traces.delivery.spans import (
    FAILED,
    LEFT,
    OK,
    Json,
    begun_at,
    spans_of,
    texts,
)
from app.gateway.traces.models import Trace
from app.kit import json
from app.telemetry import GalileoError, SessionValue, TraceValue, Trouble

_STATUS = {"ok": OK, "cancelled": LEFT}


def session_of(row: Trace) -> SessionValue:
    if row.conversation_id is not None:
        return SessionValue(str(row.conversation_id), f"conversation {row.conversation_id}")
    return SessionValue(str(row.run_id), f"negotiation {row.run_id}")


def turn_trace(row: Trace) -> TraceValue:
    """Raises `GalileoError` for what another version has written."""
    try:
        return _turn_trace(row, row.payload or {})
    except (KeyError, TypeError, ValueError, IndexError) as error:
        why = f"a trace in the outbox can't be read: {type(error).__name__}"
        raise GalileoError(Trouble.NOT_BUILT, why) from None


def _turn_trace(row: Trace, payload: Json) -> TraceValue:
    calls = sorted(payload["calls"].values(), key=lambda call: str(call["at"]))
    first, last = calls[0], calls[-1]
    begun = begun_at(first)
    ended = begun_at(last) + timedelta(milliseconds=last["latency_ms"])
    where = "" if row.round is None else f" of round {row.round}"
    return TraceValue(
        id=row.id,
        name=f"{payload['task']}{where}",
        input=_asked(first),
        output=last["answer"]["content"] or json.dumps(last["answer"]["tool_calls"]).decode(),
        created_at=begun,
        duration_ns=round((ended - begun).total_seconds() * 1e9),
        status_code=_STATUS.get(last["status"], FAILED),
        spans=[span for call in calls for span in spans_of(call)],
        metadata=metadata(row, last),
        tags=[payload["task"]],
    )


def metadata(row: Trace, call: Json | None) -> dict[str, str]:
    return texts(
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


def _asked(call: Json) -> str:
    """The newest of what the model was told, but for what it said itself."""
    told = [m["content"] for m in call["messages"] if m["role"] in ("user", "tool")]
    return str(told[-1]) if told else ""
