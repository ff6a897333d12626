"""Rows of what conversations did, as others would have stored them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app.chat.feedback.models import Feedback
from app.chat.generations.models import Generation
from app.chat.speech.models import Timing
from app.db import Database, Model
from app.gateway.calls.models import LedgerRow
from app.kit.ids import new_id
from tests.chat.feedback.rows import exchange

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


async def _add(database: Database, tenant_id: str, kind: type[Model], values: Any) -> None:
    async with database.begin(tenant_id) as unit:
        await unit.session.execute(insert(kind).values(values))


async def answered(
    database: Database, minutes: float, *, tenant_id: str = "default", **fields: Any
) -> UUID:
    """An answer that was begun then; the id of its message."""
    conversation_id, _, message_id = await exchange(database, tenant_id)
    row = {
        "id": new_id(),
        "tenant_id": tenant_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "host_id": new_id(),
        "status": "done",
        "notices": [],
        "saved_tokens": 0,
        "started_at": at(minutes),
        "ended_at": None if fields.get("status") == "running" else at(minutes),
        **fields,
    }
    await _add(database, tenant_id, Generation, row)
    return message_id


async def called(
    database: Database, minutes: float, *, tenant_id: str = "default", **fields: Any
) -> None:
    row = {
        "id": new_id(),
        "tenant_id": tenant_id,
        "task": "chat",
        "status": "ok",
        "attempts": [],
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "cached_tokens": 0,
        "reasoning_tokens": 0,
        "cost_usd": Decimal(0),
        "estimated": False,
        "latency_ms": 0,
        "created_at": at(minutes),
        "cache": "off",
        "cache_write_tokens": 0,
        "savings": [],
        "decision": {},
        **fields,
    }
    await _add(database, tenant_id, LedgerRow, row)


async def timed(
    database: Database, minutes: float, part: str, ms: int, *, tenant_id: str = "default"
) -> None:
    row = {"tenant_id": tenant_id, "part": part, "ms": ms, "at": at(minutes)}
    await _add(database, tenant_id, Timing, row)


async def judged(
    database: Database, minutes: float, *, tenant_id: str = "default", **fields: Any
) -> None:
    _, _, message_id = await exchange(database, tenant_id)
    times = {"created_at": at(minutes), "updated_at": at(minutes)}
    row = {"message_id": message_id, "tenant_id": tenant_id, **times, **fields}
    await _add(database, tenant_id, Feedback, row)
