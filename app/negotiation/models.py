"""The tables of the market. What must never be untrue is a constraint here too."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.db import Model, UtcTime

Price = Numeric(18, 6)


def _owned_by(column: str) -> Any:  # SQLAlchemy types a column by its annotation, not its value
    return mapped_column(ForeignKey(column, ondelete="CASCADE"))


class Session(Model):
    """One marketplace: a buyer, its shopping list, up to ten sellers, and how they are played."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("min_rounds BETWEEN 1 AND max_rounds", name="rounds"),
        CheckConstraint("timeout_seconds > 0", name="timeout"),
        Index(None, "tenant_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    llm_provider: Mapped[str] = mapped_column(Text)
    llm_model: Mapped[str] = mapped_column(Text)
    temperature: Mapped[float]
    max_tokens: Mapped[int]
    min_rounds: Mapped[int]
    max_rounds: Mapped[int]
    timeout_seconds: Mapped[float]
    pace_seconds: Mapped[float]
    seed: Mapped[int] = mapped_column(BigInteger)


class Buyer(Model):
    __tablename__ = "buyers"
    __table_args__ = (UniqueConstraint("session_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = _owned_by("sessions.id")
    name: Mapped[str] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(Text)
    voice_id: Mapped[str | None] = mapped_column(Text)


class ShoppingItem(Model):
    __tablename__ = "shopping_items"
    __table_args__ = (
        CheckConstraint("min_price >= 0 AND max_price > min_price", name="prices"),
        CheckConstraint("quantity_needed >= 1", name="quantity"),
        UniqueConstraint("buyer_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    buyer_id: Mapped[UUID] = _owned_by("buyers.id")
    position: Mapped[int]
    item_id: Mapped[str] = mapped_column(Text)
    item_name: Mapped[str] = mapped_column(Text)
    quantity_needed: Mapped[int]
    min_price: Mapped[Decimal] = mapped_column(Price)
    max_price: Mapped[Decimal] = mapped_column(Price)


class Seller(Model):
    __tablename__ = "sellers"
    __table_args__ = (
        UniqueConstraint("session_id", "position"),
        UniqueConstraint("session_id", "name_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = _owned_by("sessions.id")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(Text)
    style: Mapped[str] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(Text)
    arrives_in_round: Mapped[int]
    voice_id: Mapped[str | None] = mapped_column(Text)


class InventoryItem(Model):
    __tablename__ = "inventory_items"
    __table_args__ = (
        CheckConstraint(
            "cost_price >= 0 AND cost_price < least_price AND least_price < selling_price",
            name="prices",
        ),
        CheckConstraint("quantity_available >= 1", name="quantity"),
        UniqueConstraint("seller_id", "item_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seller_id: Mapped[UUID] = _owned_by("sellers.id")
    item_id: Mapped[str] = mapped_column(Text)
    item_name: Mapped[str] = mapped_column(Text)
    cost_price: Mapped[Decimal] = mapped_column(Price)
    least_price: Mapped[Decimal] = mapped_column(Price)
    selling_price: Mapped[Decimal] = mapped_column(Price)
    quantity_available: Mapped[int]


class Room(Model):
    """One item of the shopping list, and whoever can sell it.

    `delivered_seq` is the delivered-up-to mark: the last event that any subscriber was sent.
    """

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("shopping_item_id"), Index(None, "session_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = _owned_by("sessions.id")
    shopping_item_id: Mapped[UUID] = _owned_by("shopping_items.id")
    delivered_seq: Mapped[int] = mapped_column(default=0)


class RoomSeller(Model):
    """What selection said of a seller for a room. Without a reason it takes part."""

    __tablename__ = "room_sellers"
    __table_args__ = (
        PrimaryKeyConstraint("room_id", "seller_id"),
        Index(None, "seller_id"),
        CheckConstraint(
            "(reason IS NULL AND inventory_item_id IS NOT NULL) OR "
            "reason IN ('no_inventory', 'insufficient_quantity', 'price_mismatch')",
            name="reason",
        ),
    )

    room_id: Mapped[UUID] = _owned_by("rooms.id")
    seller_id: Mapped[UUID] = _owned_by("sellers.id")
    inventory_item_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("inventory_items.id", ondelete="CASCADE")
    )
    reason: Mapped[str | None] = mapped_column(Text)


class Run(Model):
    """One negotiation in a room. `after_seq` is the room's last event before it began; at most one
    run of a room has no end, and that index is what makes two starts at once one start."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("room_id", "number"),
        Index(
            "uq_runs_room_id_active", "room_id", unique=True, postgresql_where="ended_at IS NULL"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    room_id: Mapped[UUID] = _owned_by("rooms.id")
    number: Mapped[int]
    after_seq: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class RoomEvent(Model):
    """The log. Its key is the fence: two writers can't both take the same place."""

    __tablename__ = "room_events"
    __table_args__ = (
        PrimaryKeyConstraint("room_id", "seq"),
        Index(None, "run_id"),
        Index(
            "ix_room_events_message_id",
            text("(payload ->> 'message_id')"),
            postgresql_where=text("type IN ('buyer_message', 'seller_response')"),
        ),
    )

    room_id: Mapped[UUID] = _owned_by("rooms.id")
    seq: Mapped[int]
    run_id: Mapped[UUID] = _owned_by("runs.id")
    type: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(UtcTime)


class KeptLog(Model):
    """The stored log of a run whose session was deleted, until its retention ends."""

    __tablename__ = "kept_logs"
    __table_args__ = (Index(None, "session_id", "room_id"), Index(None, "expires_at"))

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    session_id: Mapped[UUID]
    room_id: Mapped[UUID]
    number: Mapped[int]
    log: Mapped[dict[str, Any]] = mapped_column(JSONB)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
