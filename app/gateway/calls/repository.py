"""Every query of the ledger. Built on a unit of work."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from app.db import UnitOfWork
from app.gateway.calls.models import LedgerRow
from app.llm import Attempt, CallStatus, LedgerEntry

_TABLE = LedgerRow.metadata.tables[LedgerRow.__tablename__]
_ROWS = (
    func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    .table_valued(*_TABLE.columns)
    .render_derived(with_types=True)
)
_INSERT = (
    insert(_TABLE)
    .from_select(_TABLE.columns.keys(), select(*_ROWS.c))
    .on_conflict_do_nothing(index_elements=["id"])
)
"""The rows travel as one JSON array: 500 of them hold up the event loop for 2 ms, where a list of
values takes 200."""


class Calls:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def add(self, entries: Sequence[LedgerEntry]) -> None:
        """Stores entries of any tenants; one that is stored already stays as it is."""
        await self._session.execute(_INSERT, {"rows": [_row(entry) for entry in entries]})


def _row(entry: LedgerEntry) -> dict[str, Any]:
    """The columns, in types that JSON has: an amount is a string, which keeps it exact."""
    used, usage = entry.used, entry.usage
    return {
        "id": entry.id,
        "tenant_id": entry.context.tenant_id,
        "run_id": entry.context.run_id,
        "task": entry.task,
        "asked": str(entry.asked) if entry.asked else None,
        "provider": used.provider if used else None,
        "model": used.model if used else None,
        "status": entry.status,
        "error": entry.error,
        "attempts": [_attempt(attempt) for attempt in entry.attempts],
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cached_tokens": usage.cached_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": None if entry.cost is None else str(entry.cost),
        "estimated": entry.estimated,
        "latency_ms": entry.latency_ms,
        "first_token_ms": entry.first_token_ms,
        "created_at": entry.created_at,
        "key_id": entry.context.key_id,
        "profile": entry.profile,
        "complexity": entry.complexity,
        "cache": entry.cache,
        "cache_write_tokens": usage.cache_write_tokens,
        "savings": entry.savings,
        "decision": entry.decision,
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "provider": attempt.model.provider,
        "model": attempt.model.model,
        "status": CallStatus.OK if attempt.error is None else CallStatus.ERROR,
        "error": attempt.error,
        "message": attempt.message,
        "latency_ms": attempt.latency_ms,
        "first_token_ms": attempt.first_token_ms,
    }
