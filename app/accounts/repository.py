"""Every query of accounts. Built on a unit of work."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Tenant
from app.db import UnitOfWork


class TenantRepository:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def add(self, tenant_id: str, *, created_at: datetime) -> None:
        """One that is there already stays as it is."""
        row = insert(Tenant).values(id=tenant_id, created_at=created_at)
        await self._session.execute(row.on_conflict_do_nothing())
