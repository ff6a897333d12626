"""From a run that ended to the trace of its outcome: offers and the decision as data."""

from app.gateway.traces.delivery.runs import ToldRun
from app.gateway.traces.delivery.spans import OK, Json
from app.gateway.traces.delivery.turns import metadata
from app.gateway.traces.models import Trace
from app.gateway.traces.outbox.redaction import redacted, redaction
from app.kit import json
from app.telemetry import ToolSpanValue, TraceValue


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
        status_code=OK,
        spans=[
            ToolSpanValue(
                name=move.name,
                input=shown({"by": move.by, "round": move.round}),
                output=shown(move.made),
                created_at=move.at,
            )
            for move in run.moves
        ],
        metadata=metadata(row, None),
        tags=["outcome"],
    )
