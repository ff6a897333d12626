"""What people thought of an answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.chat.conversations.models import ChatMessage
from app.db import Model, UtcTime


class Feedback(Model):
    """One for a message; a later one takes its place. `rating` is 1 to 5."""

    __tablename__ = "message_feedback"
    __table_args__ = (
        CheckConstraint("thumb IN ('up', 'down')", name="thumb"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("num_nonnulls(thumb, rating, text) > 0", name="said"),
        Index(None, "tenant_id", "updated_at"),
    )

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey(ChatMessage.id, ondelete="CASCADE"), primary_key=True
    )
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    thumb: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
