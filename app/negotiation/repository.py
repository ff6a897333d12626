"""Every query of the market. Built on a unit of work, whose tenant bounds what it can see."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import IntegrityError
from psycopg.types.json import Jsonb
from sqlalchemy import Integer, Uuid, bindparam, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Model, Notice, Query, UnitOfWork
from app.kit.frozen import frozen
from app.kit.json import dumps
from app.negotiation.events import AnyEvent, RunEnded, from_payload, to_payload
from app.negotiation.models import (
    Buyer,
    InventoryItem,
    KeptLog,
    Room,
    RoomEvent,
    RoomSeller,
    Run,
    Seller,
    Session,
    ShoppingItem,
)


@frozen
class Logged:
    """An event and its place in the room's log."""

    seq: int
    run_id: UUID
    event: AnyEvent
    at: datetime


@frozen
class Participant:
    seller: Seller
    stock: InventoryItem


@frozen
class RoomRecord:
    """A room with what it is about and its newest run."""

    session: Session
    buyer: Buyer
    room: Room
    item: ShoppingItem
    run: Run | None


@frozen
class SaidInRoom:
    """A message, and where it was said."""

    session_id: UUID
    run_id: UUID
    event: AnyEvent


class Overtaken(Exception):
    """Somebody else has written to this room, or removed it, since it was read."""


def _logged(seq: int, run_id: UUID, kind: str, payload: dict[str, Any], at: datetime) -> Logged:
    return Logged(seq, run_id, from_payload(kind, payload), at)


Rooms = Query[Session, Buyer, Room, ShoppingItem, Run]

# What is asked and written at every turn is built once, and goes straight to the driver.

_TENANT = Session.tenant_id == bindparam("tenant_id")

_JOINED = (
    select(Session, Buyer, Room, ShoppingItem, Run)
    .join(Buyer, Buyer.session_id == Session.id)
    .join(Room, Room.session_id == Session.id)
    .join(ShoppingItem, ShoppingItem.id == Room.shopping_item_id)
    .where(_TENANT)
)

_NEWEST = (
    select(func.max(Run.number)).where(Run.room_id == Room.id).correlate(Room).scalar_subquery()
)

_ROOMS = _JOINED.outerjoin(Run, (Run.room_id == Room.id) & (Run.number == _NEWEST))

_ROOM = Query(_ROOMS.where(Room.id == bindparam("room_id")))

# Locks are "for no key update": writing an event takes a key share of its room, and a stronger lock
# would have whoever writes and whoever holds the room wait for each other.

_LOCK_ROOM = Query(
    select(Room.id).where(Room.id == bindparam("room_id")).with_for_update(key_share=True)
)

_ROOMS_OF_SESSION = Query(
    _ROOMS.where(Session.id == bindparam("session_id")).order_by(ShoppingItem.position)
)

_ROOM_OF_RUN = Query(_JOINED.join(Run, Run.room_id == Room.id).where(Run.id == bindparam("run_id")))

_FINISHED_OF_SESSION = Query(
    _JOINED.join(Run, Run.room_id == Room.id)
    .where(Session.id == bindparam("session_id"), Run.ended_at.is_not(None))
    .order_by(ShoppingItem.position, Run.number)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)

_PARTICIPANTS = Query(
    select(RoomSeller.room_id, Seller, InventoryItem)
    .join(Seller, Seller.id == RoomSeller.seller_id)
    .join(InventoryItem, InventoryItem.id == RoomSeller.inventory_item_id)
    .where(RoomSeller.room_id == func.any(bindparam("room_ids", type_=ARRAY(Uuid))))
    .where(RoomSeller.reason.is_(None))
    .order_by(Seller.position)
)

_LOGGED = select(RoomEvent.seq, RoomEvent.run_id, RoomEvent.type, RoomEvent.payload, RoomEvent.at)

_EVENTS = Query(
    _LOGGED.where(
        RoomEvent.room_id == bindparam("room_id"), RoomEvent.seq > bindparam("seq")
    ).order_by(RoomEvent.seq)
)

_EVENTS_OF_RUNS = Query(
    _LOGGED.where(RoomEvent.run_id == func.any(bindparam("run_ids", type_=ARRAY(Uuid)))).order_by(
        RoomEvent.room_id, RoomEvent.seq
    )
)

_LAST_SEQ = Query(select(func.max(RoomEvent.seq)).where(RoomEvent.room_id == bindparam("room_id")))

_RUN = Query(select(Run).join(Room).join(Session).where(Run.id == bindparam("run_id"), _TENANT))

_SAID = text(
    "room_events.type IN ('buyer_message', 'seller_response') "
    "AND room_events.payload ->> 'message_id' = :message_id"
)
"""As the index has it."""

_ADD_RUN = """
    INSERT INTO runs (id, room_id, number, after_seq, seed, started_at)
    VALUES (%(id)s, %(room_id)s, %(number)s, %(after_seq)s, %(seed)s, %(started_at)s)
"""

_APPEND = """
    WITH appended AS (
        INSERT INTO room_events (room_id, seq, run_id, type, payload, at)
        SELECT %(room_id)s, event.seq, %(run_id)s, event.type, event.payload, event.at
        FROM jsonb_to_recordset(%(events)s)
            AS event(seq int, type text, payload jsonb, at timestamptz)
    ), ended AS (
        UPDATE runs SET ended_at = %(ended_at)s::timestamptz
        WHERE id = %(run_id)s AND %(ended_at)s::timestamptz IS NOT NULL
    )
    SELECT pg_notify(%(channel)s, %(payload)s)
"""

_MARK = """
    UPDATE rooms SET delivered_seq = mark.seq
    FROM jsonb_to_recordset(%(marks)s) AS mark(room_id uuid, seq int)
    WHERE rooms.id = mark.room_id AND rooms.delivered_seq < mark.seq
"""


class Market:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    @property
    def _session(self) -> AsyncSession:
        return self._unit.session

    # what belongs to a session

    async def add(self, *groups: Sequence[Model]) -> None:
        """Stores new rows, group by group: later ones may refer to earlier ones."""
        for rows in groups:
            self._session.add_all(rows)
            await self._session.flush()

    async def get_session(self, session_id: UUID, *, lock: bool = False) -> Session | None:
        """With `lock`, the session is this transaction's until it ends."""
        query = select(Session).where(
            Session.id == session_id, Session.tenant_id == self._unit.tenant_id
        )
        return await self._session.scalar(query.with_for_update(key_share=True) if lock else query)

    async def get_buyer(self, session_id: UUID) -> Buyer:
        rows = await self._session.scalars(select(Buyer).where(Buyer.session_id == session_id))
        return rows.one()

    async def list_sellers(self, session_id: UUID) -> Sequence[Seller]:
        query = select(Seller).where(Seller.session_id == session_id).order_by(Seller.position)
        return (await self._session.scalars(query)).all()

    async def delete_session(self, session_id: UUID) -> None:
        await self._session.execute(delete(Session).where(Session.id == session_id))

    # rooms and runs

    async def get_room(self, room_id: UUID, *, lock: bool = False) -> RoomRecord | None:
        """With its newest run. With `lock`, the room is this transaction's until it ends."""
        if lock:  # by itself, since a query that waits for a lock then sees the run from before
            await _LOCK_ROOM.rows(self._unit, room_id=room_id)
        return await self._one(_ROOM, room_id=room_id)

    async def get_room_of_run(self, run_id: UUID) -> RoomRecord | None:
        """The room that a run is played in, with that run."""
        return await self._one(_ROOM_OF_RUN, run_id=run_id)

    async def _one(self, query: Rooms, **ids: UUID) -> RoomRecord | None:
        rows = await query.rows(self._unit, tenant_id=self._unit.tenant_id, **ids)
        return RoomRecord(*rows[0]) if rows else None

    async def list_rooms(self, session_id: UUID) -> list[RoomRecord]:
        rows = await _ROOMS_OF_SESSION.rows(
            self._unit, tenant_id=self._unit.tenant_id, session_id=session_id
        )
        return [RoomRecord(*row) for row in rows]

    async def list_finished(self, session_id: UUID, *, limit: int, offset: int) -> list[RoomRecord]:
        """Each run of a session that is over, by item and number, with its room."""
        rows = await _FINISHED_OF_SESSION.rows(
            self._unit,
            tenant_id=self._unit.tenant_id,
            session_id=session_id,
            limit=limit,
            offset=offset,
        )
        return [RoomRecord(*row) for row in rows]

    async def count_finished(self, session_id: UUID) -> int:
        query = (
            select(func.count(Run.id))
            .join(Room)
            .where(Room.session_id == session_id, Run.ended_at.is_not(None))
        )
        return await self._session.scalar(query) or 0

    async def list_participants(self, room_ids: Sequence[UUID]) -> dict[UUID, list[Participant]]:
        found: dict[UUID, list[Participant]] = {room_id: [] for room_id in room_ids}
        for room_id, seller, stock in await _PARTICIPANTS.rows(self._unit, room_ids=[*room_ids]):
            found[room_id].append(Participant(seller, stock))
        return found

    async def list_exclusions(self, room_ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str]]]:
        """Per room, the names of the sellers that don't take part and the reasons."""
        query = (
            select(RoomSeller.room_id, Seller.name, RoomSeller.reason)
            .join(Seller, Seller.id == RoomSeller.seller_id)
            .where(RoomSeller.room_id.in_(room_ids), RoomSeller.reason.is_not(None))
            .order_by(Seller.position)
        )
        found: dict[UUID, list[tuple[str, str]]] = {room_id: [] for room_id in room_ids}
        for room_id, name, reason in await self._session.execute(query):
            found[room_id].append((name, reason or ""))
        return found

    async def lock_rooms(self, session_id: UUID) -> Sequence[Room]:
        """The rooms of a session, this transaction's until it ends."""
        query = select(Room).where(Room.session_id == session_id).order_by(Room.id)
        return (await self._session.scalars(query.with_for_update(key_share=True))).all()

    async def get_active_run(self, room_id: UUID) -> Run | None:
        query = select(Run).where(Run.room_id == room_id, Run.ended_at.is_(None))
        return await self._session.scalar(query)

    async def count_runs(self, session_id: UUID) -> int:
        query = select(func.count(Run.id)).join(Room).where(Room.session_id == session_id)
        return await self._session.scalar(query) or 0

    async def list_runs(self, session_id: UUID) -> Sequence[Run]:
        query = select(Run).join(Room).where(Room.session_id == session_id).order_by(Run.number)
        return (await self._session.scalars(query)).all()

    async def get_run(self, run_id: UUID) -> Run | None:
        rows = await _RUN.rows(self._unit, run_id=run_id, tenant_id=self._unit.tenant_id)
        return rows[0][0] if rows else None

    async def get_run_by_number(self, room_id: UUID, number: int) -> Run | None:
        query = select(Run).where(Run.room_id == room_id, Run.number == number)
        return await self._session.scalar(query)

    async def add_run(self, run: Run) -> None:
        connection = await self._unit.psycopg()
        await connection.execute(
            _ADD_RUN,
            {
                "id": run.id,
                "room_id": run.room_id,
                "number": run.number,
                "after_seq": run.after_seq,
                "seed": run.seed,
                "started_at": run.started_at,
            },
        )

    # the log

    async def append(
        self,
        room_id: UUID,
        run_id: UUID,
        after: int,
        events: Sequence[tuple[AnyEvent, datetime]],
        notice: Notice,
    ) -> None:
        """Writes events to the places following `after`, ends the run if they do, and sends the
        notice, in one statement. Raises `Overtaken` when a place is taken, or the room is gone."""
        rows = [
            {"seq": after + place, "type": event.type, "payload": to_payload(event), "at": at}
            for place, (event, at) in enumerate(events, start=1)
        ]
        parameters = {
            "room_id": room_id,
            "run_id": run_id,
            "events": Jsonb(rows, dumps),
            "ended_at": next((at for event, at in events if isinstance(event, RunEnded)), None),
            "channel": notice.channel,
            "payload": notice.payload,
        }
        connection = await self._unit.psycopg()
        try:
            await connection.execute(_APPEND, parameters)
        except IntegrityError as error:
            raise Overtaken from error

    async def get_said(self, message_id: UUID) -> SaidInRoom | None:
        """What a buyer or a seller said under this id."""
        query = (
            select(Room.session_id, RoomEvent.run_id, RoomEvent.type, RoomEvent.payload)
            .join(Room, Room.id == RoomEvent.room_id)
            .join(Session, Session.id == Room.session_id)
            .where(_SAID, Session.tenant_id == self._unit.tenant_id)
        )
        found = (await self._session.execute(query, {"message_id": str(message_id)})).first()
        if found is None:
            return None
        session_id, run_id, kind, payload = found
        return SaidInRoom(session_id, run_id, from_payload(kind, payload))

    async def last_seq(self, room_id: UUID) -> int:
        [(seq,)] = await _LAST_SEQ.rows(self._unit, room_id=room_id)
        return seq or 0

    async def events_after(self, room_id: UUID, seq: int) -> list[Logged]:
        rows = await _EVENTS.rows(self._unit, room_id=room_id, seq=seq)
        return [_logged(*row) for row in rows]

    async def events_of(self, run_ids: Sequence[UUID]) -> dict[UUID, list[Logged]]:
        """The whole log of each run."""
        found: dict[UUID, list[Logged]] = {run_id: [] for run_id in run_ids}
        for row in await _EVENTS_OF_RUNS.rows(self._unit, run_ids=[*run_ids]):
            logged = _logged(*row)
            found[logged.run_id].append(logged)
        return found

    async def mark_delivered(self, marks: Mapping[UUID, int]) -> None:
        """Moves the marks of these rooms forward, whosever they are; never back."""
        rows = [{"room_id": room_id, "seq": seq} for room_id, seq in sorted(marks.items())]
        connection = await self._unit.psycopg()
        await connection.execute(_MARK, {"marks": Jsonb(rows, dumps)})

    # logs that outlive their session

    async def keep_logs(self, logs: Sequence[dict[str, Any]]) -> None:
        if logs:
            await self._session.execute(insert(KeptLog).values(list(logs)))

    async def get_kept_log(
        self, session_id: UUID, room_id: UUID, number: int | None = None
    ) -> dict[str, Any] | None:
        """Of the room's run with this number; without one, of the newest."""
        query = (
            select(KeptLog.log)
            .where(
                KeptLog.session_id == session_id,
                KeptLog.room_id == room_id,
                KeptLog.tenant_id == self._unit.tenant_id,
            )
            .order_by(KeptLog.number.desc())
            .limit(1)
        )
        if number is not None:
            query = query.where(KeptLog.number == number)
        return await self._session.scalar(query)

    async def delete_expired_logs(self, now: datetime) -> int:
        """Of every tenant. Returns how many there were."""
        gone = await self._session.scalars(
            delete(KeptLog).where(KeptLog.expires_at <= now).returning(KeptLog.run_id)
        )
        return len(gone.all())
