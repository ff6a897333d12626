"""Every query of scores. Built on a unit of work."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.db import UnitOfWork
from app.gateway.traces.models import Trace, TraceScore
from app.kit.frozen import frozen

_CLAIM_SCORES = text("""
    WITH due AS (
        SELECT id FROM traces WHERE scores_at <= :now
        ORDER BY scores_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE traces AS trace SET scores_at = CASE WHEN delivered_at + :patience > :now
        THEN :now + least(:longest, greatest(:pause, :now - delivered_at)) END
    FROM due WHERE trace.id = due.id
    RETURNING trace.id
""").columns(Trace.id)


@frozen
class ScoreRow:
    """What a scorer said, and of what."""

    trace_id: UUID
    scorer: str
    status: str
    value: float | None
    explanation: str | None
    at: datetime
    run_id: UUID | None
    conversation_id: UUID | None
    message_id: UUID | None
    seat_id: UUID | None
    round: int | None


@frozen
class WantedScores:
    """What is None doesn't matter."""

    run_id: UUID | None = None
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    scorer: str | None = None
    limit: int = 100
    offset: int = 0


class TraceScores:
    """Scores of the unit's tenant, or to be stored, of any."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session
        self._tenant_id = unit.tenant_id

    async def claim(self, now: datetime, *, pause: timedelta, limit: int) -> list[UUID]:
        """Delivered traces whose scores are due: as long again from now as the delivery is ago, an
        hour at most, for a day."""
        times = {"patience": timedelta(days=1), "longest": timedelta(hours=1), "pause": pause}
        rows = await self._session.scalars(_CLAIM_SCORES, {**times, "now": now, "limit": limit})
        return [*rows]

    async def store(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        added = insert(TraceScore).values([*rows])
        latest = {name: added.excluded[name] for name in ("status", "value", "explanation", "at")}
        keys = ["trace_id", "scorer"]
        await self._session.execute(added.on_conflict_do_update(index_elements=keys, set_=latest))

    async def complete(self, ids: Sequence[UUID]) -> None:
        """Nothing more is waited for."""
        await self._session.execute(update(Trace).where(Trace.id.in_(ids)).values(scores_at=None))

    async def find(self, wanted: WantedScores) -> Sequence[ScoreRow]:
        """The oldest turn first."""
        of_trace = (Trace.run_id, Trace.conversation_id, Trace.message_id)
        columns = (
            TraceScore.trace_id, TraceScore.scorer, TraceScore.status, TraceScore.value,
            TraceScore.explanation, TraceScore.at, *of_trace, Trace.seat_id, Trace.round,
        )  # fmt: skip
        query = (
            select(*columns)
            .join(Trace, Trace.id == TraceScore.trace_id)
            .where(*self._conditions(wanted))
            .order_by(Trace.created_at, Trace.id, TraceScore.scorer)
            .limit(wanted.limit)
            .offset(wanted.offset)
        )
        return [ScoreRow(*row) for row in await self._session.execute(query)]

    async def count(self, wanted: WantedScores) -> int:
        query = (
            select(func.count())
            .select_from(TraceScore)
            .join(Trace, Trace.id == TraceScore.trace_id)
            .where(*self._conditions(wanted))
        )
        return await self._session.scalar(query) or 0

    async def waited_for(self, run_id: UUID) -> int:
        """How many traces of a run have scores to come."""
        query = select(func.count()).where(
            Trace.tenant_id == self._tenant_id,
            Trace.run_id == run_id,
            Trace.next_try_at.is_not(None) | Trace.scores_at.is_not(None),
        )
        return await self._session.scalar(query) or 0

    def _conditions(self, wanted: WantedScores) -> list[ColumnElement[bool]]:
        equal = {
            Trace.run_id: wanted.run_id,
            Trace.conversation_id: wanted.conversation_id,
            Trace.message_id: wanted.message_id,
            TraceScore.scorer: wanted.scorer,
        }
        conditions = [Trace.tenant_id == self._tenant_id]
        return conditions + [column == value for column, value in equal.items() if value]
