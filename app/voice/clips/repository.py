"""Every query of the clips. They belong to no tenant."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import UnitOfWork
from app.voice.models import VoiceClip

_USED_ANEW = timedelta(minutes=1)
"""Uses are noted so often at most: what is heard all the time isn't written all the time."""


class ClipRows:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session

    async def get(self, key: str) -> VoiceClip | None:
        return await self._session.get(VoiceClip, key)

    async def used(self, key: str, now: datetime) -> None:
        await self._session.execute(
            update(VoiceClip)
            .where(VoiceClip.key == key, VoiceClip.used_at < now - _USED_ANEW)
            .values(used_at=now)
        )

    async def put(self, clip: VoiceClip) -> None:
        """Another process may have made the same: then the newer one stands."""
        values = {column.key: getattr(clip, column.key) for column in VoiceClip.__table__.columns}
        statement = insert(VoiceClip).values(values)
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_=values)
        )

    async def delete(self, keys: Sequence[str]) -> None:
        await self._session.execute(delete(VoiceClip).where(VoiceClip.key.in_(keys)))

    async def evict(self, bound: int) -> Sequence[str]:
        """Removes the least recently used beyond `bound` bytes in all; returns their keys."""
        newest = func.sum(VoiceClip.size).over(order_by=(VoiceClip.used_at.desc(), VoiceClip.key))
        sums = select(VoiceClip.key, newest.label("sum")).subquery()
        beyond = select(sums.c.key).where(sums.c.sum > bound)
        statement = delete(VoiceClip).where(VoiceClip.key.in_(beyond)).returning(VoiceClip.key)
        return (await self._session.scalars(statement)).all()

    async def known(self, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that have a row."""
        query = select(VoiceClip.key).where(VoiceClip.key.in_(keys))
        return set((await self._session.scalars(query)).all())

    async def page(self, after: str, limit: int, *, made_before: datetime) -> Sequence[str]:
        """Keys in their order."""
        query = (
            select(VoiceClip.key)
            .where(VoiceClip.key > after, VoiceClip.made_at < made_before)
            .order_by(VoiceClip.key)
            .limit(limit)
        )
        return (await self._session.scalars(query)).all()
