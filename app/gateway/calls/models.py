"""What is kept of model calls."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.db import Model, UtcTime


class LedgerRow(Model):
    """One call of a model, however it ended. It outlives its run, and so refers to it loosely.

    `asked` is the model that the caller named, as `provider:model`; `provider` and `model` are the
    one that was heard, null when none was. `attempts` lists every try in order, and between them
    the models that were passed over. The tokens are those of all attempts that answered, if only in
    part; `cost_usd` is what they cost, null when a price is unknown. With `estimated` some of the
    tokens are our own guess. `savings` lists what compression did, `decision` what routing went by.
    At `settle_at` a provider is asked again what some of it really cost; null where all is known,
    or never will be. `characters` were spoken, `seconds` of sound transcribed. `trace_id` is that
    of the request or job it was made in.
    """

    __tablename__ = "llm_calls"
    __table_args__ = (
        CheckConstraint("status IN ('ok', 'error', 'cancelled')", name="status"),
        CheckConstraint("cache IN ('hit', 'miss', 'off')", name="cache"),
        Index(None, "tenant_id", "created_at", "id"),
        Index(None, "run_id"),
        Index(None, "settle_at", postgresql_where=text("settle_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Text, ForeignKey(Tenant.id))
    run_id: Mapped[UUID | None]
    task: Mapped[str] = mapped_column(Text)
    asked: Mapped[str | None] = mapped_column(Text)
    provider: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cached_tokens: Mapped[int]
    reasoning_tokens: Mapped[int]
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric)
    estimated: Mapped[bool]
    latency_ms: Mapped[int]
    first_token_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    key_id: Mapped[str | None] = mapped_column(Text)
    profile: Mapped[str | None] = mapped_column(Text)
    complexity: Mapped[str | None] = mapped_column(Text)
    cache: Mapped[str] = mapped_column(Text)
    cache_write_tokens: Mapped[int]
    savings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    decision: Mapped[dict[str, Any]] = mapped_column(JSONB)
    characters: Mapped[int] = mapped_column(default=0, server_default="0")
    seconds: Mapped[float] = mapped_column(default=0.0, server_default="0")
    conversation_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    seat_id: Mapped[UUID | None]
    round: Mapped[int | None]
    trace_id: Mapped[str | None] = mapped_column(Text)
    settle_at: Mapped[datetime | None] = mapped_column(UtcTime)
