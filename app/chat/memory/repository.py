"""The queries with which memories are kept and shown. Built on a unit of work, whose tenant bounds
what it can see."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text, update

from app.chat.memory.models import Memory
from app.chat.memory.telling import Kind
from app.db import UnitOfWork
from app.kit.frozen import frozen
from app.kit.ids import new_id

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('memories of ' || :tenant_id, 0))")

_BEFORE = """
    before AS (
        SELECT id, 0 AS step FROM memories
        WHERE tenant_id = :tenant_id AND id = (SELECT id FROM latest)
        UNION ALL
        SELECT older.id, before.step + 1
        FROM memories AS older JOIN before ON older.replaced_by = before.id
        WHERE older.tenant_id = :tenant_id
    )
"""
_LATEST = """
    after AS (
        SELECT id, replaced_by FROM memories WHERE tenant_id = :tenant_id AND id = :id
        UNION ALL
        SELECT newer.id, newer.replaced_by
        FROM memories AS newer JOIN after ON newer.id = after.replaced_by
        WHERE newer.tenant_id = :tenant_id
    ), latest AS (SELECT id FROM after WHERE replaced_by IS NULL)
"""
_HISTORY = text(f"""
    WITH RECURSIVE {_LATEST}, {_BEFORE}
    SELECT id, count(*) OVER () FROM before JOIN memories USING (id)
    ORDER BY replaced_at DESC NULLS FIRST, step, id LIMIT :limit OFFSET :offset
""")  # noqa: S608  # of our own words
_DELETE = text(f"""
    WITH RECURSIVE latest AS (SELECT CAST(:id AS uuid) AS id), {_BEFORE}
    DELETE FROM memories WHERE id IN (SELECT id FROM before) RETURNING id
""")  # noqa: S608  # of our own words
_FORGET_OLD_VERSIONS = text(f"""
    WITH RECURSIVE latest AS (SELECT CAST(:id AS uuid) AS id), {_BEFORE}
    DELETE FROM memories WHERE id IN (
        SELECT id FROM before ORDER BY step, id OFFSET :most
    )
""")  # noqa: S608  # of our own words

_CURRENT = Memory.replaced_at.is_(None)
_MOST_VERSIONS = 100
"""Of one memory, with the current one."""


@frozen
class WantedMemories:
    """What is None doesn't matter. `q` are words, or a part of the text or the subject."""

    q: str | None = None
    kind: Kind | None = None
    conversation_id: UUID | None = None
    limit: int = 50
    offset: int = 0


class MemoryRows:
    """To be used with a transaction where it changes something."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session
        self.tenant_id = unit.tenant_id

    async def lock(self) -> None:
        """Has the tenant's memories to itself until the transaction ends."""
        await self._session.execute(_LOCK, {"tenant_id": self.tenant_id})

    async def flush(self) -> None:
        await self._session.flush()

    async def get(self, memory_id: UUID) -> Memory | None:
        """A replaced one too."""
        return await self._one(Memory.id == memory_id)

    async def current(self, subject: str) -> Memory | None:
        return await self._one(_CURRENT, Memory.subject == subject)

    async def count(self, wanted: WantedMemories | None = None) -> int:
        """Of current ones."""
        query = select(func.count()).select_from(Memory).where(*self._conditions(wanted))
        return await self._session.scalar(query) or 0

    async def find(self, wanted: WantedMemories) -> Sequence[Memory]:
        """The current ones, what was changed or told last first."""
        query = select(Memory).where(*self._conditions(wanted))
        query = query.order_by(Memory.updated_at.desc(), Memory.id)
        found = await self._session.scalars(query.limit(wanted.limit).offset(wanted.offset))
        return found.all()

    async def history(
        self, memory_id: UUID, *, limit: int, offset: int
    ) -> tuple[Sequence[Memory], int]:
        """The newest first, the current one included; and how many there are on all pages."""
        page = {"tenant_id": self.tenant_id, "id": memory_id, "limit": limit, "offset": offset}
        rows = (await self._session.execute(_HISTORY, page)).all()
        if not rows:
            return [], 0
        ids = [row[0] for row in rows]
        found = await self._session.scalars(select(Memory).where(Memory.id.in_(ids)))
        by_id = {memory.id: memory for memory in found}
        return [by_id[memory_id] for memory_id in ids if memory_id in by_id], rows[0][1]

    async def add(self, memory: Memory) -> Memory:
        self._session.add(memory)
        await self._session.flush()
        return memory

    async def replace(self, old: Memory, new: Memory) -> Memory:
        """Puts `new` in the place of `old`; the oldest of a long history is forgotten."""
        await self.retire(old, new.id, new.updated_at)
        await self.add(new)
        await self._forget_old_versions(new.id)
        return new

    async def retire(self, old: Memory, by: UUID, at: datetime) -> None:
        old.replaced_at, old.replaced_by = at, by
        await self._session.flush()

    async def keep_version(self, memory: Memory, now: datetime) -> None:
        """Keeps the memory as it is as the newest of its own history."""
        kept = {
            column.name: getattr(memory, column.name)
            for column in Memory.__table__.columns
            if column.name != "words"
        }
        version = {**kept, "id": new_id(), "replaced_at": now, "replaced_by": memory.id}
        older = update(Memory).where(
            Memory.tenant_id == self.tenant_id, Memory.replaced_by == memory.id
        )
        await self._session.execute(older.values(replaced_by=version["id"]))
        await self.add(Memory(**version))
        await self._forget_old_versions(memory.id)

    async def delete(self, memory_id: UUID) -> bool:
        """With its history; False when there is none."""
        parameters = {"tenant_id": self.tenant_id, "id": memory_id}
        return bool((await self._session.execute(_DELETE, parameters)).all())

    async def _forget_old_versions(self, memory_id: UUID) -> None:
        parameters = {"tenant_id": self.tenant_id, "id": memory_id, "most": _MOST_VERSIONS}
        await self._session.execute(_FORGET_OLD_VERSIONS, parameters)

    async def _one(self, *conditions: ColumnElement[bool]) -> Memory | None:
        query = select(Memory).where(Memory.tenant_id == self.tenant_id, *conditions)
        return (await self._session.scalars(query)).one_or_none()

    def _conditions(self, wanted: WantedMemories | None) -> list[ColumnElement[bool]]:
        found = [Memory.tenant_id == self.tenant_id, _CURRENT]
        if wanted is None:
            return found
        if wanted.kind is not None:
            found.append(Memory.kind == wanted.kind)
        if wanted.conversation_id is not None:
            found.append(Memory.conversation_id == wanted.conversation_id)
        if wanted.q is not None:
            words = func.websearch_to_tsquery("english", wanted.q)
            found.append(
                or_(
                    Memory.words.op("@@")(words),
                    Memory.text.icontains(wanted.q, autoescape=True),
                    Memory.subject.icontains(wanted.q, autoescape=True),
                )
            )
        return found
