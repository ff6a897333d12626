"""Every query of the processes that make answers. Built on a unit of work."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from psycopg import AsyncCursor, sql

from app.db import UnitOfWork

_BEAT = """
    INSERT INTO chat_hosts AS host (id, started_at, beat_at) VALUES (%(id)s, now(), now())
    ON CONFLICT (id) DO UPDATE SET beat_at = now()
"""
"""By the database's clock: hosts' own may differ."""

_LEAVE = "DELETE FROM chat_hosts WHERE id = %(id)s"

_ALIVE = "SELECT FROM chat_hosts WHERE id = %(id)s AND beat_at > now() - %(stalled_after)s"

_LOST = """
    SELECT id FROM generations AS generation
    WHERE status = 'running' AND CASE host_id
        WHEN %(host_id)s THEN id <> ALL(%(here)s) AND started_at < %(before)s
        ELSE NOT EXISTS (
            SELECT FROM chat_hosts
            WHERE id = generation.host_id AND beat_at > now() - %(stalled_after)s
        )
    END
    ORDER BY started_at LIMIT %(limit)s
"""

_FORGET_HOSTS = "DELETE FROM chat_hosts WHERE beat_at < now() - %(silent)s"

Row = tuple[Any, ...]


class HostRows:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def beat(self, host_id: UUID) -> None:
        await self._do(_BEAT, id=host_id)

    async def leave(self, host_id: UUID) -> None:
        await self._do(_LEAVE, id=host_id)

    async def alive(self, host_id: UUID, stalled_after: timedelta) -> bool:
        found = await self._do(_ALIVE, id=host_id, stalled_after=stalled_after)
        return found.rowcount > 0

    async def lost(
        self,
        host_id: UUID,
        here: Iterable[UUID],
        *,
        before: datetime,
        stalled_after: timedelta,
        limit: int,
    ) -> list[UUID]:
        """Generations that nobody makes, the oldest first: their host is silent, or it is this
        one, which doesn't have them among those `here` although they began `before`."""
        found = await self._do(
            _LOST,
            host_id=host_id,
            here=[*here],
            before=before,
            stalled_after=stalled_after,
            limit=limit,
        )
        return [row[0] for row in await found.fetchall()]

    async def forget(self, silent: timedelta) -> None:
        await self._do(_FORGET_HOSTS, silent=silent)

    async def _do(self, statement: str, **values: object) -> AsyncCursor[Row]:
        connection = await self._unit.psycopg()
        return await connection.execute(cast("sql.SQL", statement), values)
