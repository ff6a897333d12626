"""Generations and their logs. What must never be untrue is a constraint here too: one generation
at a time in a conversation, and one event at each place of a log."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.chat.conversations.models import ChatMessage, Conversation
from app.db import Model, UtcTime


class Host(Model):
    """A process that makes answers. One that was silent too long is taken for dead."""

    __tablename__ = "chat_hosts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    beat_at: Mapped[datetime] = mapped_column(UtcTime)


class Generation(Model):
    """One try at an answer. `host_id` refers loosely: hosts are forgotten when they are gone.

    `context_key` is a digest of all that was sent, so that the same question in the same context is
    found again. `model` is the one that answered. `notices` are the codes of those in its log.
    Times in milliseconds from `started_at`; tokens as in the ledger's row `call_id`; `saved_tokens`
    is by how much the prompt is shorter than the whole conversation would be. `relevance` is how
    near the recalled memories were, 0 to 1; None where none was. `text_lengths` is how many
    characters of text were said by each event of a log that was folded.
    """

    __tablename__ = "generations"
    __table_args__ = (
        CheckConstraint("status IN ('running', 'done', 'stopped', 'failed')", name="status"),
        CheckConstraint("(status = 'running') = (ended_at IS NULL)", name="ended"),
        UniqueConstraint("message_id"),
        Index(
            "uq_generations_running",
            "conversation_id",
            unique=True,
            postgresql_where=text("status = 'running'"),
        ),
        Index("ix_generations_host", "host_id", postgresql_where=text("status = 'running'")),
        Index(
            "ix_generations_answers",
            "tenant_id",
            "context_key",
            "ended_at",
            postgresql_where=text("status = 'done'"),
        ),
        Index("ix_generations_to_fold", "ended_at", postgresql_where=text("folded_at IS NULL")),
        Index(None, "tenant_id", "started_at"),
        Index(None, "conversation_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey(ChatMessage.id, ondelete="CASCADE"))
    host_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)
    context_key: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    notices: Mapped[list[str]] = mapped_column(ARRAY(Text))
    finish_reason: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric)
    saved_tokens: Mapped[int]
    relevance: Mapped[float | None]
    call_id: Mapped[UUID | None]
    first_token_ms: Mapped[int | None]
    duration_ms: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    stop_asked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    folded_at: Mapped[datetime | None] = mapped_column(UtcTime)
    text_lengths: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))


class GenerationEvent(Model):
    """`seq` counts from 1. Whoever writes a place that is taken has lost the generation.

    Refers loosely to its generation: a foreign key, checked for each row, would make a write of a
    thousand of them three times as slow. An event is only written where its generation runs, and
    goes with its conversation.
    """

    __tablename__ = "generation_events"

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(UtcTime)
