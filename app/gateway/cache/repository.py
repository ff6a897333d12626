"""Every query of the cache. Built on a unit of work, whose tenant bounds what it can see."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.db import Query, UnitOfWork
from app.gateway.cache.models import CachedAnswer
from app.llm import Recording

_FIND = Query(
    select(CachedAnswer.events, CachedAnswer.expires_at).where(
        CachedAnswer.tenant_id == bindparam("tenant_id"),
        CachedAnswer.key == bindparam("key"),
        CachedAnswer.expires_at > bindparam("now"),
    )
)
_INSERT = insert(CachedAnswer)
_PUT = _INSERT.on_conflict_do_update(
    index_elements=["tenant_id", "key"],
    set_={name: _INSERT.excluded[name] for name in ("events", "size", "expires_at")},
)
_DELETE_BATCH = 10_000


class Answers:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def find(self, key: str, now: datetime) -> tuple[bytes, datetime] | None:
        """What was recorded, and until when it may be used."""
        rows = await _FIND.rows(self._unit, tenant_id=self._unit.tenant_id, key=key, now=now)
        return rows[0] if rows else None

    async def put(self, key: str, recording: Recording) -> None:
        """The newest recording counts. Raises `ValueError` or `TypeError` if it has no bytes."""
        row = {
            "tenant_id": self._unit.tenant_id,
            "key": key,
            "events": recording.dumps(),
            "size": recording.size,
            "expires_at": recording.expires_at,
        }
        await self._unit.session.execute(_PUT, row)

    async def delete_expired(self, now: datetime) -> int:
        """Of every tenant, some at a time; returns how many, 0 when none is left."""
        some = (
            select(CachedAnswer.tenant_id, CachedAnswer.key)
            .where(CachedAnswer.expires_at <= now)
            .limit(_DELETE_BATCH)
            .subquery()
        )
        gone = await self._unit.session.scalars(
            delete(CachedAnswer)
            .where(CachedAnswer.tenant_id == some.c.tenant_id, CachedAnswer.key == some.c.key)
            .returning(func.length(CachedAnswer.key))
        )
        return len(gone.all())
