"""How long the parts of a spoken turn took."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts import Tenant
from app.chat.generations.models import Generation
from app.db import Model, UtcTime


class Timing(Model):
    """`ms` of one part of one turn: of hearing it, of speaking it, or from the end of what was
    heard to the first sound of the answer."""

    __tablename__ = "chat_timings"
    __table_args__ = (
        CheckConstraint("part IN ('speech_to_text', 'text_to_speech', 'end_to_end')", name="part"),
        CheckConstraint("ms >= 0", name="ms"),
        Index(None, "tenant_id", "at"),
        Index(None, "generation_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(Tenant.id))
    generation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(Generation.id, ondelete="CASCADE")
    )
    part: Mapped[str] = mapped_column(Text)
    ms: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)
