"""What is known of finished speech; the sound itself lies in files or a bucket."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, UtcTime


class VoiceClip(Model):
    """Finished speech. `key` is the SHA-256, in hexadecimal digits, of voice, model, format,
    settings and text: whoever asks for the same gets the same, so it belongs to no tenant.
    `size` is in bytes."""

    __tablename__ = "voice_clips"
    __table_args__ = (
        CheckConstraint("characters > 0 AND size > 0", name="sizes"),
        Index(None, "used_at"),
    )

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    voice_id: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    characters: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    timed: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime] = mapped_column(UtcTime)
