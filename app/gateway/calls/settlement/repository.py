"""Every query about calls whose cost isn't known yet. Built on a unit of work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.db import UnitOfWork
from app.gateway.calls.models import LedgerRow
from app.kit.frozen import frozen

_PAUSE = timedelta(seconds=5)
_PATIENCE = timedelta(hours=1)

_CLAIM = text("""
    WITH due AS (
        SELECT id FROM llm_calls WHERE settle_at <= :now
        ORDER BY settle_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE llm_calls AS call SET settle_at = CASE WHEN created_at + :patience > :now
        THEN least(created_at + :patience, :now + greatest(:pause, :now - created_at)) END
    FROM due WHERE call.id = due.id
    RETURNING call.id, call.attempts, call.settle_at
""").columns(LedgerRow.id, LedgerRow.attempts, LedgerRow.settle_at)


@frozen
class Due:
    """A call that is asked about now, and at `settle_at` again; None when this is the last time."""

    id: UUID
    attempts: Sequence[dict[str, Any]]
    settle_at: datetime | None


class Unsettled:
    """Calls of all tenants."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def claim(self, now: datetime, limit: int) -> list[Due]:
        """Those that are due. When each is due again is settled by that, whatever becomes of
        whoever claimed it: as long from now as the call is old, until that is an hour. No two
        processes get the same."""
        times = {"now": now, "pause": _PAUSE, "patience": _PATIENCE}
        rows = await self._session.execute(_CLAIM, {**times, "limit": limit})
        return [Due(*row) for row in rows]

    async def lock(self, call_id: UUID) -> LedgerRow | None:
        """The row, for this transaction alone to change."""
        query = select(LedgerRow).where(LedgerRow.id == call_id).with_for_update()
        return await self._session.scalar(query)

    async def store(self) -> None:
        """Writes what was changed in the rows."""
        await self._session.flush()
