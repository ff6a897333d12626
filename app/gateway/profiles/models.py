"""What is kept of people's changes to agent profiles."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, UtcTime


class ProfileRow(Model):
    """A profile that takes the place of the shipped one, or is new. `tenant_id` is `*` where it is
    for everyone, and refers loosely: a profile may be there before the tenant's first call."""

    __tablename__ = "llm_profiles"

    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
