"""What is kept of judgements. Figures aren't: they are a view of the log."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from app.accounts import Tenant
from app.db import Model, UtcTime


class RunJudgement(Model):
    """A model's judgement of one run, or that it is to come, or why there is none.

    `judgement` is the accepted answer in its schema; `refusals` tells how often an answer cited
    what isn't there and was asked for again, `attempts` how often no model answered. Tokens and
    `cost_usd` are those of all tries.
    """

    __tablename__ = "run_judgements"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'judged', 'failed')", name="status"),
        CheckConstraint("(status = 'judged') = (judgement IS NOT NULL)", name="judgement"),
        Index(None, "tenant_id", "asked_at"),
    )

    run_id: Mapped[UUID] = mapped_column(
        ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True
    )
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    status: Mapped[str] = mapped_column(Text)
    judgement: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    error_code: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    prompt_version: Mapped[str | None] = mapped_column(Text)
    provider: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric)
    refusals: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    judged_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SessionJudgement(Model):
    """A model's judgement of a session as a whole; `run_ids` are the runs that it looked at."""

    __tablename__ = "session_judgements"
    __table_args__ = (Index(None, "tenant_id"),)

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    run_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    judgement: Mapped[dict[str, Any]] = mapped_column(JSONB)
    prompt_version: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric)
    judged_at: Mapped[datetime] = mapped_column(UtcTime)
