from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, UtcTime

DEFAULT_TENANT = "default"


class Tenant(Model):
    """Whoever owns sessions, conversations, ledger rows and jobs."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
