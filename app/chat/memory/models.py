"""What is remembered of conversations: summaries of one, facts across all of a tenant's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.chat.conversations.models import ChatMessage, Conversation
from app.db import Model, UtcTime, Vector


class Summary(Model):
    """What was said in a conversation from its beginning up to and with `message_id`, in short.
    Holds for every branch that runs through that message. Tokens are estimates, of what it stands
    for and of itself. `model` is None where no model wrote it."""

    __tablename__ = "conversation_summaries"
    __table_args__ = (
        Index(None, "conversation_id", "created_at"),
        Index(None, "message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey(ChatMessage.id, ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    tokens_before: Mapped[int]
    tokens: Mapped[int]
    model: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Memory(Model):
    """A fact or a preference. `subject` is what it is about: of each there is one current memory,
    and a new one on the same subject replaces it, which then points to its successor.

    `message_id` is where it was said, None when its owner wrote it or the message is gone;
    `confidence` is 0 to 1. `embedding` is a vector by `embedding_model`; None: found by words only.
    """

    __tablename__ = "memories"
    __table_args__ = (
        CheckConstraint("kind IN ('fact', 'preference')", name="kind"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        CheckConstraint("replaced_by IS NULL OR replaced_at IS NOT NULL", name="replaced"),
        Index(
            "uq_memories_current",
            "tenant_id",
            "subject",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index(None, "tenant_id", "updated_at", "id"),
        Index(None, "conversation_id"),
        Index(None, "message_id"),
        Index(None, "replaced_by"),
        Index(None, "words", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    conversation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(Conversation.id, ondelete="SET NULL")
    )
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey(ChatMessage.id, ondelete="SET NULL"))
    embedding: Mapped[tuple[float, ...] | None] = mapped_column(Vector)
    embedding_model: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcTime)
    replaced_by: Mapped[UUID | None]
    words: Mapped[str] = mapped_column(
        TSVECTOR, Computed("to_tsvector('english', subject || ' ' || text)", persisted=True)
    )
