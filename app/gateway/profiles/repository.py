"""Every query about profiles. Built on a unit of work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.db import UnitOfWork
from app.gateway.profiles.models import ProfileRow

_MOST_LOADED = 20_000


class ProfileRows:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def all(self) -> Sequence[ProfileRow]:
        """Of all tenants, the newest where there are more than fit into memory."""
        newest = select(ProfileRow).order_by(ProfileRow.updated_at.desc()).limit(_MOST_LOADED)
        return (await self._session.scalars(newest)).all()

    async def others(self, tenant_id: str, name: str) -> int:
        """How many profiles of other names there are in this scope."""
        counted = select(func.count()).where(
            ProfileRow.tenant_id == tenant_id, ProfileRow.name != name
        )
        return (await self._session.scalars(counted)).one()

    async def put(self, tenant_id: str, name: str, fields: dict[str, Any], at: datetime) -> None:
        row = insert(ProfileRow).values(
            tenant_id=tenant_id, name=name, fields=fields, updated_at=at
        )
        newer = {"fields": row.excluded.fields, "updated_at": row.excluded.updated_at}
        await self._session.execute(
            row.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=newer)
        )

    async def remove(self, tenant_id: str, name: str) -> bool:
        """Whether there was one."""
        gone = delete(ProfileRow).where(ProfileRow.tenant_id == tenant_id, ProfileRow.name == name)
        removed = await self._session.scalars(gone.returning(ProfileRow.name))
        return bool(removed.all())
