"""Every query of the market. Built on a unit of work, whose tenant bounds what it can see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from app.db import Model, Notice, UnitOfWork, UtcTime
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


@dataclass(frozen=True, slots=True)
class Logged:
    """An event and its place in the room's log."""

    seq: int
    run_id: UUID
    event: AnyEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class Participant:
    seller: Seller
    stock: InventoryItem


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """A room with what it is about and its newest run."""

    session: Session
    buyer: Buyer
    room: Room
    item: ShoppingItem
    run: Run | None


class Overtaken(Exception):
    """Somebody else has written to this room, or removed it, since it was read."""


def _logged(row: Row[int, UUID, str, dict[str, Any], datetime]) -> Logged:
    seq, run_id, kind, payload, at = row
    return Logged(seq, run_id, from_payload(kind, payload), at)


def _record(row: Row[Session, Buyer, Room, ShoppingItem, Run]) -> RoomRecord:
    return RoomRecord(row[0], row[1], row[2], row[3], row[4])


Rooms = Select[Session, Buyer, Room, ShoppingItem, Run]

# The queries of every turn are built once: building one costs more than running it.

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

_ROOM = _ROOMS.where(Room.id == bindparam("room_id"))

# Locks are "for no key update": writing an event takes a key share of its room, and a stronger lock
# would have whoever writes and whoever holds the room wait for each other.

_LOCK_ROOM = select(Room.id).where(Room.id == bindparam("room_id")).with_for_update(key_share=True)

_ROOMS_OF_SESSION = _ROOMS.where(Session.id == bindparam("session_id")).order_by(
    ShoppingItem.position
)

_ROOM_OF_RUN = _JOINED.join(Run, Run.room_id == Room.id).where(Run.id == bindparam("run_id"))

_PARTICIPANTS = (
    select(RoomSeller.room_id, Seller, InventoryItem)
    .join(Seller, Seller.id == RoomSeller.seller_id)
    .join(InventoryItem, InventoryItem.id == RoomSeller.inventory_item_id)
    .where(RoomSeller.room_id.in_(bindparam("room_ids", expanding=True)))
    .where(RoomSeller.reason.is_(None))
    .order_by(Seller.position)
)

_LOGGED = select(RoomEvent.seq, RoomEvent.run_id, RoomEvent.type, RoomEvent.payload, RoomEvent.at)

_EVENTS = _LOGGED.where(
    RoomEvent.room_id == bindparam("room_id"), RoomEvent.seq > bindparam("seq")
).order_by(RoomEvent.seq)

_APPEND = text(
    """
    WITH appended AS (
        INSERT INTO room_events (room_id, seq, run_id, type, payload, at)
        SELECT :room_id, event.seq, :run_id, event.type, event.payload, event.at
        FROM jsonb_to_recordset(:events)
            AS event(seq int, type text, payload jsonb, at timestamptz)
    ), ended AS (
        UPDATE runs SET ended_at = :ended_at
        WHERE id = :run_id AND CAST(:ended_at AS timestamptz) IS NOT NULL
    )
    SELECT pg_notify(:channel, :payload)
    """
).bindparams(bindparam("events", type_=JSONB), bindparam("ended_at", type_=UtcTime))


_MARK = text(
    """
    UPDATE rooms SET delivered_seq = mark.seq
    FROM jsonb_to_recordset(:marks) AS mark(room_id uuid, seq int)
    WHERE rooms.id = mark.room_id AND rooms.delivered_seq < mark.seq
    """
).bindparams(bindparam("marks", type_=JSONB))


class Market:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._session = unit.session

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
            await self._session.execute(_LOCK_ROOM, {"room_id": room_id})
        return await self._one(_ROOM, room_id=room_id)

    async def get_room_of_run(self, run_id: UUID) -> RoomRecord | None:
        """The room that a run is played in, with that run."""
        return await self._one(_ROOM_OF_RUN, run_id=run_id)

    async def _one(self, query: Rooms, **ids: UUID) -> RoomRecord | None:
        parameters = {"tenant_id": self._unit.tenant_id, **ids}
        row = (await self._session.execute(query, parameters)).one_or_none()
        return None if row is None else _record(row)

    async def list_rooms(self, session_id: UUID) -> list[RoomRecord]:
        parameters = {"tenant_id": self._unit.tenant_id, "session_id": session_id}
        rows = await self._session.execute(_ROOMS_OF_SESSION, parameters)
        return [_record(row) for row in rows]

    async def list_participants(self, room_ids: Sequence[UUID]) -> dict[UUID, list[Participant]]:
        found: dict[UUID, list[Participant]] = {room_id: [] for room_id in room_ids}
        rows = await self._session.execute(_PARTICIPANTS, {"room_ids": list(room_ids)})
        for room_id, seller, stock in rows:
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
        query = (
            select(Run)
            .join(Room)
            .join(Session)
            .where(Run.id == run_id, Session.tenant_id == self._unit.tenant_id)
        )
        return await self._session.scalar(query)

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
            "events": rows,
            "ended_at": next((at for event, at in events if isinstance(event, RunEnded)), None),
            "channel": notice.channel,
            "payload": notice.payload,
        }
        try:
            await self._session.execute(_APPEND, parameters)
        except IntegrityError as error:
            raise Overtaken from error

    async def last_seq(self, room_id: UUID) -> int:
        query = select(func.max(RoomEvent.seq)).where(RoomEvent.room_id == room_id)
        return await self._session.scalar(query) or 0

    async def events_after(self, room_id: UUID, seq: int) -> list[Logged]:
        rows = await self._session.execute(_EVENTS, {"room_id": room_id, "seq": seq})
        return [_logged(row) for row in rows]

    async def events_of(self, run_ids: Sequence[UUID]) -> dict[UUID, list[Logged]]:
        """The whole log of each run."""
        query = _LOGGED.where(RoomEvent.run_id.in_(run_ids)).order_by(
            RoomEvent.room_id, RoomEvent.seq
        )
        found: dict[UUID, list[Logged]] = {run_id: [] for run_id in run_ids}
        for row in await self._session.execute(query):
            logged = _logged(row)
            found[logged.run_id].append(logged)
        return found

    async def mark_delivered(self, marks: Mapping[UUID, int]) -> None:
        """Moves the marks of these rooms forward, whosever they are; never back."""
        rows = [{"room_id": room_id, "seq": seq} for room_id, seq in sorted(marks.items())]
        await self._session.execute(_MARK, {"marks": rows})

    # logs that outlive their session

    async def keep_logs(self, logs: Sequence[dict[str, Any]]) -> None:
        if logs:
            await self._session.execute(insert(KeptLog).values(list(logs)))

    async def get_kept_log(self, session_id: UUID, room_id: UUID) -> dict[str, Any] | None:
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
        return await self._session.scalar(query)

    async def delete_expired_logs(self, now: datetime) -> int:
        """Of every tenant. Returns how many there were."""
        gone = await self._session.scalars(
            delete(KeptLog).where(KeptLog.expires_at <= now).returning(KeptLog.run_id)
        )
        return len(gone.all())
