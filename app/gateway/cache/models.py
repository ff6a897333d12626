"""Answers kept for requests that come again."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.db import Model, UtcTime


class CachedAnswer(Model):
    """`key` is the SHA-256 of the request, `events` the recording as the core writes it: bytes,
    since a model may say U+0000, which JSONB can't hold. `size` is theirs in memory."""

    __tablename__ = "cached_answers"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        Index(None, "expires_at"),
    )

    tenant_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Tenant.id, ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    events: Mapped[bytes]
    size: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
