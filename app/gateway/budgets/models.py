"""What is kept of budgets: the limits, what was spent in each period, what running calls hold."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, UtcTime


class BudgetRow(Model):
    """A limit per period. What is null in its scope is any; a null limit is none.

    `tenant` refers loosely: a limit may be there before the tenant's first call.
    """

    __tablename__ = "llm_budgets"
    __table_args__ = (
        CheckConstraint("period IN ('day', 'month')", name="period"),
        CheckConstraint("limit_usd >= 0 AND limit_tokens >= 0", name="limits"),
        CheckConstraint("limit_usd IS NOT NULL OR limit_tokens IS NOT NULL", name="limited"),
    )

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    tenant: Mapped[str | None] = mapped_column(Text)
    key_id: Mapped[str | None] = mapped_column(Text)
    task: Mapped[str | None] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    limit_usd: Mapped[Decimal | None] = mapped_column(Numeric)
    limit_tokens: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class SpendingRow(Model):
    """What the ledger's rows in a budget's scope add up to in the period that starts then.
    Changed only in the transaction that writes those rows, or that reads all of them."""

    __tablename__ = "llm_budget_spending"

    budget: Mapped[str] = mapped_column(
        Text, ForeignKey(BudgetRow.name, ondelete="CASCADE"), primary_key=True
    )
    starts_at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    usd: Mapped[Decimal] = mapped_column(Numeric)
    tokens: Mapped[int] = mapped_column(BigInteger)


class ReservationRow(Model):
    """The most that a running call may still cost. It counts until the call's row is in the ledger,
    or until `expires_at`, for a call whose process died."""

    __tablename__ = "llm_budget_reservations"
    __table_args__ = (
        Index(None, "budget", "starts_at"),
        Index(None, "expires_at"),
    )

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    budget: Mapped[str] = mapped_column(
        Text, ForeignKey(BudgetRow.name, ondelete="CASCADE"), primary_key=True
    )
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    usd: Mapped[Decimal] = mapped_column(Numeric)
    tokens: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
