"""What is kept of models: which there are, what they cost over time, how they did. No tenant's own:
what a vendor offers is the same for all."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, UtcTime


class ModelRow(Model):
    """One model at one provider. It is never deleted: ledger and history refer to it.

    Null or empty is unknown. `raw` is what the listing says beyond our columns. `first_seen` is
    when it came into the catalogue, `last_seen` when a listing last had it: null for one that is
    known from the seed alone. `retired_at` is when a listing had it no more.
    """

    __tablename__ = "llm_models"
    __table_args__ = (
        CheckConstraint("provider <> '' AND model <> ''", name="named"),
        CheckConstraint("context_length > 0 AND max_output > 0", name="sizes"),
        CheckConstraint("source IN ('seed', 'discovery')", name="source"),
        CheckConstraint("last_seen >= first_seen AND retired_at >= first_seen", name="times"),
        Index(None, "model"),
    )

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    model: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    context_length: Mapped[int | None]
    max_output: Mapped[int | None]
    input_modalities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    output_modalities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    parameters: Mapped[list[str]] = mapped_column(ARRAY(Text))
    free: Mapped[bool]
    loaded: Mapped[bool | None]
    source: Mapped[str] = mapped_column(Text)
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB)
    first_seen: Mapped[datetime] = mapped_column(UtcTime)
    last_seen: Mapped[datetime | None] = mapped_column(UtcTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcTime)


class PriceRow(Model):
    """What a model cost from one moment to another, in USD per token, per request for `request`,
    per picture for `image`. `valid_until` is null for what it costs now; null prices are unknown,
    for those two none."""

    __tablename__ = "llm_model_prices"
    __table_args__ = (
        ForeignKeyConstraint(["provider", "model"], [ModelRow.provider, ModelRow.model]),
        CheckConstraint("valid_until > valid_from", name="times"),
        CheckConstraint(
            "prompt >= 0 AND completion >= 0 AND cache_read >= 0 AND cache_write >= 0 "
            "AND request >= 0 AND image >= 0",
            name="amounts",
        ),
        Index(None, "provider", "model", unique=True, postgresql_where=text("valid_until IS NULL")),
    )

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    model: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    valid_until: Mapped[datetime | None] = mapped_column(UtcTime)
    prompt: Mapped[Decimal | None] = mapped_column(Numeric)
    completion: Mapped[Decimal | None] = mapped_column(Numeric)
    cache_read: Mapped[Decimal | None] = mapped_column(Numeric)
    cache_write: Mapped[Decimal | None] = mapped_column(Numeric)
    request: Mapped[Decimal | None] = mapped_column(Numeric)
    image: Mapped[Decimal | None] = mapped_column(Numeric)


class BenchmarkRow(Model):
    """How one model did at the exercises of one kind. `score` is 0 to 1 over those it answered,
    null when it answered none; `error` is the last reason why it didn't."""

    __tablename__ = "llm_benchmarks"
    __table_args__ = (
        ForeignKeyConstraint(["provider", "model"], [ModelRow.provider, ModelRow.model]),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        CheckConstraint("answered BETWEEN 0 AND asked AND asked > 0", name="counts"),
        CheckConstraint("(score IS NULL) = (answered = 0)", name="scored"),
        Index(None, "provider", "model", "task", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    task: Mapped[str] = mapped_column(Text)
    asked: Mapped[int]
    answered: Mapped[int]
    score: Mapped[float | None]
    first_token_ms: Mapped[int | None]
    tokens_per_second: Mapped[float | None]
    error: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)


class DiscoveryRow(Model):
    """How asking a provider for its models went last. `error` is null when it worked; the counts
    are of models."""

    __tablename__ = "llm_discoveries"

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    error: Mapped[str | None] = mapped_column(Text)
    listed: Mapped[int]
    skipped: Mapped[int]
    added: Mapped[int]
    retired: Mapped[int]
    returned: Mapped[int]
    repriced: Mapped[int]
