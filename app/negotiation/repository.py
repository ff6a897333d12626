"""Every query of the market. Built on a unit of work, whose tenant bounds what it can see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.db import Model, UnitOfWork
from app.negotiation.events import AnyEvent, from_payload, to_payload
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


def _logged(row: RoomEvent) -> Logged:
    return Logged(row.seq, row.run_id, from_payload(row.type, row.payload), row.at)


def _record(row: Row[Session, Buyer, Room, ShoppingItem, Run]) -> RoomRecord:
    return RoomRecord(row[0], row[1], row[2], row[3], row[4])


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

    async def get_session(self, session_id: UUID) -> Session | None:
        return await self._session.scalar(
            select(Session).where(
                Session.id == session_id, Session.tenant_id == self._unit.tenant_id
            )
        )

    async def get_buyer(self, session_id: UUID) -> Buyer:
        rows = await self._session.scalars(select(Buyer).where(Buyer.session_id == session_id))
        return rows.one()

    async def list_sellers(self, session_id: UUID) -> Sequence[Seller]:
        query = select(Seller).where(Seller.session_id == session_id).order_by(Seller.position)
        return (await self._session.scalars(query)).all()

    async def delete_session(self, session_id: UUID) -> None:
        await self._session.execute(delete(Session).where(Session.id == session_id))

    # rooms and runs

    def _rooms(self) -> Select[Session, Buyer, Room, ShoppingItem, Run]:
        newest = (
            select(func.max(Run.number)).where(Run.room_id == Room.id).correlate(Room)
        ).scalar_subquery()
        return (
            select(Session, Buyer, Room, ShoppingItem, Run)
            .join(Buyer, Buyer.session_id == Session.id)
            .join(Room, Room.session_id == Session.id)
            .join(ShoppingItem, ShoppingItem.id == Room.shopping_item_id)
            .outerjoin(Run, (Run.room_id == Room.id) & (Run.number == newest))
            .where(Session.tenant_id == self._unit.tenant_id)
        )

    async def get_room(self, room_id: UUID, *, lock: bool = False) -> RoomRecord | None:
        """With `lock`, the room is this transaction's until it ends."""
        query = self._rooms().where(Room.id == room_id)
        if lock:
            query = query.with_for_update(of=Room)
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else _record(row)

    async def list_rooms(self, session_id: UUID) -> list[RoomRecord]:
        query = self._rooms().where(Session.id == session_id).order_by(ShoppingItem.position)
        rows = await self._session.execute(query)
        return [_record(row) for row in rows]

    async def list_participants(self, room_ids: Sequence[UUID]) -> dict[UUID, list[Participant]]:
        query = (
            select(RoomSeller.room_id, Seller, InventoryItem)
            .join(Seller, Seller.id == RoomSeller.seller_id)
            .join(InventoryItem, InventoryItem.id == RoomSeller.inventory_item_id)
            .where(RoomSeller.room_id.in_(room_ids), RoomSeller.reason.is_(None))
            .order_by(Seller.position)
        )
        found: dict[UUID, list[Participant]] = {room_id: [] for room_id in room_ids}
        for room_id, seller, stock in await self._session.execute(query):
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
        return (await self._session.scalars(query.with_for_update())).all()

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

    async def end_run(self, run_id: UUID, at: datetime) -> None:
        await self._session.execute(update(Run).where(Run.id == run_id).values(ended_at=at))

    # the log

    async def append(
        self, room_id: UUID, run_id: UUID, after: int, events: Sequence[tuple[AnyEvent, datetime]]
    ) -> None:
        """Writes events to the places following `after`. Raises `Overtaken` when one is taken, or
        the room is gone."""
        rows = [
            {
                "room_id": room_id,
                "seq": after + place,
                "run_id": run_id,
                "type": event.type,
                "payload": to_payload(event),
                "at": at,
            }
            for place, (event, at) in enumerate(events, start=1)
        ]
        try:
            await self._session.execute(insert(RoomEvent).values(rows))
        except IntegrityError as error:
            raise Overtaken from error

    async def last_seq(self, room_id: UUID) -> int:
        query = select(func.max(RoomEvent.seq)).where(RoomEvent.room_id == room_id)
        return await self._session.scalar(query) or 0

    async def events_after(self, room_id: UUID, seq: int) -> list[Logged]:
        query = (
            select(RoomEvent)
            .where(RoomEvent.room_id == room_id, RoomEvent.seq > seq)
            .order_by(RoomEvent.seq)
        )
        return [_logged(row) for row in await self._session.scalars(query)]

    async def events_of(self, run_ids: Sequence[UUID]) -> dict[UUID, list[Logged]]:
        """The whole log of each run."""
        query = (
            select(RoomEvent)
            .where(RoomEvent.run_id.in_(run_ids))
            .order_by(RoomEvent.room_id, RoomEvent.seq)
        )
        found: dict[UUID, list[Logged]] = {run_id: [] for run_id in run_ids}
        for row in await self._session.scalars(query):
            found[row.run_id].append(_logged(row))
        return found

    async def mark_delivered(self, room_id: UUID, seq: int) -> None:
        await self._session.execute(
            update(Room)
            .where(Room.id == room_id, Room.delivered_seq < seq)
            .values(delivered_seq=seq)
        )

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
