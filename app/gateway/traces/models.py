"""The outbox of traces, and the scores they got."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.db import Model, UtcTime


class Trace(Model):
    """One turn, or a run's outcome, as it is told to Galileo. It outlives what it tells of, and so
    refers to it loosely.

    `payload` is what is to be delivered, redacted; null once it was delivered or given up. With
    `next_try_at` null nothing more is tried; with `scores_at` null no scores are waited for.
    """

    __tablename__ = "traces"
    __table_args__ = (
        CheckConstraint("kind IN ('turn', 'outcome')", name="kind"),
        CheckConstraint("status IN ('waiting', 'delivered', 'lost')", name="status"),
        CheckConstraint("(status = 'waiting') = (payload IS NOT NULL)", name="payload"),
        Index(None, "next_try_at", postgresql_where=text("next_try_at IS NOT NULL")),
        Index(None, "scores_at", postgresql_where=text("scores_at IS NOT NULL")),
        Index(None, "run_id"),
        Index(None, "conversation_id"),
        Index(None, "message_id"),
        Index(None, "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    run_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    seat_id: Mapped[UUID | None]
    round: Mapped[int | None]
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    scores_at: Mapped[datetime | None] = mapped_column(UtcTime)


class TraceScore(Model):
    """What one scorer said of a trace. `value` is 0 to 1 where `status` is `success`."""

    __tablename__ = "trace_scores"
    __table_args__ = (PrimaryKeyConstraint("trace_id", "scorer"),)

    trace_id: Mapped[UUID] = mapped_column(ForeignKey(Trace.id, ondelete="CASCADE"))
    scorer: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    value: Mapped[float | None]
    explanation: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)
