"""Conversations, and their messages as a tree: another answer, or a question put otherwise, is a
branch beside the first."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.db import Model, UtcTime


class Conversation(Model):
    """`head_id` is the last message of the branch that is shown and goes on; None while nothing was
    said. `external_id` is what another program calls it. `titled_by` is None until it has a title.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("titled_by IN ('parley', 'owner')", name="titled_by"),
        UniqueConstraint("tenant_id", "external_id"),
        Index(None, "tenant_id", "updated_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    external_id: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    titled_by: Mapped[str | None] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text)
    system_text: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    remember: Mapped[bool]
    head_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class ChatMessage(Model):
    """`depth` counts from 0 at the root. What an assistant's message says is here once its
    generation has ended; until then it stands in the generation's events, and is empty here.

    `tool_calls` are `{id, name, arguments}`, an assistant's; `tool_call_id` says which of
    them a tool's message answers.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'assistant', 'tool')", name="role"),
        CheckConstraint("status IN ('complete', 'generating', 'stopped', 'failed')", name="status"),
        Index(None, "conversation_id", "created_at", "id"),
        Index(None, "parent_id"),
        Index(None, "words", postgresql_using="gin"),
        Index(
            "uq_messages_external_id",
            "conversation_id",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    external_id: Mapped[str | None] = mapped_column(Text)
    depth: Mapped[int]
    role: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    reasoning: Mapped[str] = mapped_column(Text)
    tool_calls: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    tool_call_id: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    finish_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    words: Mapped[str] = mapped_column(
        TSVECTOR, Computed("to_tsvector('simple', left(content, 100000))", persisted=True)
    )
