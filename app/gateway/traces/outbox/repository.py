"""Every query of traces on their way. Built on a unit of work."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from app.db import UnitOfWork
from app.gateway.traces.models import Trace
from app.gateway.traces.outbox.telling import ToldTurn
from app.kit.ids import id_of

_TABLE = Trace.metadata.tables[Trace.__tablename__]
_INSERT = insert(_TABLE).from_select(
    _TABLE.columns.keys(),
    select(
        *func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(*_TABLE.columns)
        .render_derived(with_types=True)
        .c
    ),
)
_MERGE = _INSERT.on_conflict_do_update(
    index_elements=["id"],
    set_={
        "payload": text(
            "traces.payload || jsonb_build_object("
            "'calls', (traces.payload -> 'calls') || (excluded.payload -> 'calls'))"
        ),
        "next_try_at": _INSERT.excluded.next_try_at,
    },
    where=text("traces.status = 'waiting' AND traces.attempts = 0"),
).returning(_TABLE.c.id)
"""A turn that goes on gets its further calls as long as nobody took it away. A call that is written
twice is one: its id is its name in the payload."""
_APART = _INSERT.on_conflict_do_nothing(index_elements=["id"])

_CLAIM = text("""
    WITH due AS (
        SELECT id FROM traces WHERE next_try_at <= :now
        ORDER BY next_try_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE traces AS trace SET attempts = attempts + 1, next_try_at = :again
    FROM due WHERE trace.id = due.id
    RETURNING trace.*
""").columns(*_TABLE.columns)

_OVERFLOW = text("""
    WITH oldest AS (
        SELECT id FROM traces WHERE next_try_at IS NOT NULL
        ORDER BY created_at DESC OFFSET :most LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
    UPDATE traces AS trace
    SET status = 'lost', payload = NULL, next_try_at = NULL, error = 'backlog_full'
    FROM oldest WHERE trace.id = oldest.id
    RETURNING trace.id
""")

_OUTCOME = """
    INSERT INTO traces (id, tenant_id, kind, status, run_id, payload, attempts, created_at,
        next_try_at)
    VALUES (%s, %s, 'outcome', 'waiting', %s, '{}', 0, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""


class Outbox:
    """Traces of all tenants, on their way."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def add(self, turns: Sequence[ToldTurn], *, due: datetime) -> None:
        """Stores turns, each once; one that was told of already grows. What comes after its turn
        was taken away becomes a trace of its own."""
        rows = [_row(turn.id, turn, due) for turn in turns]
        merged = {*await self._session.scalars(_MERGE, {"rows": rows})}
        late = [_row(_late_id(turn), turn, due) for turn in turns if turn.id not in merged]
        if late:
            await self._session.execute(_APART, {"rows": late})

    async def claim(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[Trace]:
        """Those that are due. Each is due again after `lease`, whatever becomes of whoever claimed
        it. No two processes get the same."""
        query = select(Trace).from_statement(_CLAIM)
        times = {"now": now, "again": now + lease, "limit": limit}
        return (await self._session.scalars(query, times)).all()

    async def delivered(
        self, ids: Sequence[UUID], now: datetime, *, scores_at: datetime | None
    ) -> None:
        ended = {"payload": None, "next_try_at": None, "error": None}
        times = {"delivered_at": now, "scores_at": scores_at}
        await self._set(ids, status="delivered", **ended, **times)

    async def put_off(self, ids: Sequence[UUID], until: datetime, error: str) -> None:
        await self._set(ids, next_try_at=until, error=error)

    async def lost(self, ids: Sequence[UUID], error: str) -> None:
        await self._set(ids, status="lost", payload=None, next_try_at=None, error=error)

    async def lose_oldest(self, most: int) -> int:
        """Gives up what waits beyond `most`, the oldest first; returns how many."""
        return len((await self._session.scalars(_OVERFLOW, {"most": most})).all())

    async def lose_before(self, moment: datetime) -> int:
        """Gives up what has waited since before then; returns how many."""
        given_up = {"status": "lost", "payload": None, "next_try_at": None, "error": "expired"}
        late = (Trace.next_try_at.is_not(None), Trace.created_at < moment)
        lost = update(Trace).where(*late).values(**given_up).returning(Trace.id)
        return len((await self._session.scalars(lost)).all())

    async def waiting(self) -> int:
        query = select(func.count()).where(Trace.next_try_at.is_not(None))
        return await self._session.scalar(query) or 0

    async def name_messages(self, run_id: UUID, messages: Mapping[tuple[UUID, int], UUID]) -> None:
        """Says which message each seat's turn of each round became."""
        rows = await self._session.scalars(
            select(Trace).where(Trace.run_id == run_id, Trace.kind == "turn")
        )
        for row in rows:
            if row.seat_id is not None and row.round is not None:
                row.message_id = messages.get((row.seat_id, row.round), row.message_id)

    async def expire(self, before: datetime) -> int:
        """Deletes what was told long ago, with its scores; returns how much."""
        gone = _TABLE.delete().where(_TABLE.c.created_at < before).returning(_TABLE.c.id)
        return len((await self._session.scalars(gone)).all())

    async def _set(self, ids: Sequence[UUID], **values: Any) -> None:
        waiting = (Trace.id.in_(ids), Trace.status == "waiting")
        await self._session.execute(update(Trace).where(*waiting).values(**values))


async def add_outcome(unit: UnitOfWork, run_id: UUID, *, now: datetime, due: datetime) -> None:
    """Has a run's outcome told, in whatever transaction this is, on the driver's connection."""
    connection = await unit.psycopg()
    row = (id_of("outcome", run_id), unit.tenant_id, run_id, now, due)
    await connection.execute(_OUTCOME, row)


def _row(row_id: UUID, turn: ToldTurn, due: datetime) -> dict[str, Any]:
    return {
        "id": row_id,
        "tenant_id": turn.tenant_id,
        "kind": "turn",
        "status": "waiting",
        "run_id": turn.run_id,
        "conversation_id": turn.conversation_id,
        "message_id": turn.message_id,
        "seat_id": turn.seat_id,
        "round": turn.round,
        "payload": {"task": turn.task, "calls": turn.calls},
        "attempts": 0,
        "created_at": turn.created_at,
        "next_try_at": due,
    }


def _late_id(turn: ToldTurn) -> UUID:
    """The same however often it is written."""
    return id_of("trace", turn.id, min(turn.calls))
