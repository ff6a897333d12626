"""Every query of the ledger. Built on a unit of work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from app.db import UnitOfWork
from app.gateway.calls.models import LedgerRow
from app.gateway.calls.wanted import WantedCalls
from app.llm import Attempt, CallStatus, LedgerEntry, Turn

FIRST_LOOK = timedelta(seconds=5)
"""After a call's end, its provider is asked what it really cost, where that wasn't told."""

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
    .returning(_TABLE.c.id)
)
"""The rows travel as one JSON array: 500 of them hold up the event loop for 2 ms, where a list of
values takes 200."""


_NO_TURN = Turn()
_STATUS = {None: CallStatus.OK, "CANCELLED": CallStatus.CANCELLED}


class Calls:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session
        self._tenant_id = unit.tenant_id

    async def add(self, entries: Sequence[LedgerEntry]) -> Sequence[UUID]:
        """Stores entries of any tenants, and tells whose ids are new: one that is stored already
        stays as it is."""
        rows = {"rows": [_row(entry) for entry in entries]}
        return (await self._session.scalars(_INSERT, rows)).all()

    async def find(self, wanted: WantedCalls) -> Sequence[LedgerRow]:
        """Of the unit's tenant, the newest first."""
        query = (
            select(LedgerRow)
            .where(*self._conditions(wanted))
            .order_by(LedgerRow.created_at.desc(), LedgerRow.id.desc())
            .limit(wanted.limit)
            .offset(wanted.offset)
        )
        return (await self._session.scalars(query)).all()

    async def count(self, wanted: WantedCalls) -> int:
        query = select(func.count()).select_from(LedgerRow).where(*self._conditions(wanted))
        return await self._session.scalar(query) or 0

    async def get(self, call_id: UUID) -> LedgerRow | None:
        """Of the unit's tenant."""
        query = select(LedgerRow).where(LedgerRow.id == call_id)
        return await self._session.scalar(query.where(LedgerRow.tenant_id == self._tenant_id))

    def _conditions(self, wanted: WantedCalls) -> list[ColumnElement[bool]]:
        equal = {
            LedgerRow.status: wanted.status,
            LedgerRow.task: wanted.task,
            LedgerRow.provider: wanted.provider,
            LedgerRow.model: wanted.model,
            LedgerRow.cache: wanted.cache,
            LedgerRow.run_id: wanted.run_id,
            LedgerRow.conversation_id: wanted.conversation_id,
            LedgerRow.trace_id: wanted.trace_id,
        }
        conditions = [LedgerRow.tenant_id == self._tenant_id]
        conditions += [column == value for column, value in equal.items() if value is not None]
        if wanted.since is not None:
            conditions.append(LedgerRow.created_at >= wanted.since)
        if wanted.until is not None:
            conditions.append(LedgerRow.created_at < wanted.until)
        if wanted.min_cost is not None:
            conditions.append(LedgerRow.cost_usd >= wanted.min_cost)
        return conditions


def _row(entry: LedgerEntry) -> dict[str, Any]:
    """The columns, in types that JSON has: an amount is a string, which keeps it exact."""
    used, usage, context = entry.used, entry.usage, entry.context
    turn = context.turn or _NO_TURN
    return {
        "id": entry.id,
        "tenant_id": context.tenant_id,
        "run_id": context.run_id,
        "task": entry.task,
        "asked": str(entry.asked) if entry.asked else None,
        "provider": used.provider if used else None,
        "model": used.model if used else None,
        "status": entry.status,
        "error": entry.error,
        "attempts": [
            _attempt(attempt, cost) for attempt, cost in zip_longest(entry.attempts, entry.costs)
        ],
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cached_tokens": usage.cached_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": None if entry.cost is None else str(entry.cost),
        "estimated": entry.estimated,
        "latency_ms": entry.latency_ms,
        "first_token_ms": entry.first_token_ms,
        "created_at": entry.created_at,
        "key_id": context.key_id,
        "profile": entry.profile,
        "complexity": entry.complexity,
        "cache": entry.cache,
        "cache_write_tokens": usage.cache_write_tokens,
        "savings": entry.savings,
        "decision": entry.decision,
        "characters": usage.characters,
        "seconds": usage.seconds,
        "conversation_id": context.conversation_id,
        "message_id": turn.message_id,
        "seat_id": turn.seat_id,
        "round": turn.round,
        "trace_id": entry.trace_id,
        "settle_at": _settle_at(entry),
    }


def _settle_at(entry: LedgerEntry) -> datetime | None:
    ended_at = entry.created_at + timedelta(milliseconds=entry.latency_ms)
    return ended_at + FIRST_LOOK if entry.unsettled else None


def _attempt(attempt: Attempt, cost: Decimal | None) -> dict[str, Any]:
    row = {
        "provider": attempt.model.provider,
        "model": attempt.model.model,
        "status": _STATUS.get(attempt.error, CallStatus.ERROR),
        "error": attempt.error,
        "message": attempt.message,
        "latency_ms": attempt.latency_ms,
        "first_token_ms": attempt.first_token_ms,
    }
    if attempt.usage is not None:
        row["prompt_tokens"] = attempt.usage.prompt_tokens
        row["completion_tokens"] = attempt.usage.completion_tokens
        row["cost_usd"] = None if cost is None else str(cost)
        row["estimated"] = attempt.estimated
    if attempt.generation_id is not None:
        row["generation_id"] = attempt.generation_id
    if attempt.passed_over:
        row["passed_over"] = True
    return row
