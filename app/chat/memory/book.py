"""Lists, takes, changes and deletes memories, as their owner says."""

from collections.abc import Sequence
from uuid import UUID

from app.chat.errors import MemoryNotFound
from app.chat.memory.embedding import Backfill
from app.chat.memory.errors import MemoryReplaced, SecretRefused
from app.chat.memory.keeping import Change, change, keep
from app.chat.memory.models import Memory
from app.chat.memory.repository import MemoryRows, WantedMemories
from app.chat.memory.secrecy import secret_in
from app.chat.memory.telling import Kind, Told, one_line, subject_of
from app.db import Database
from app.kit.clock import Clock
from app.kit.frozen import frozen


@frozen
class MemoriesPage:
    """`total` of all pages."""

    memories: Sequence[Memory]
    total: int


class MemoryBook:
    """What is written here is certain, and what is read here is all there is."""

    def __init__(self, database: Database, backfill: Backfill, clock: Clock) -> None:
        self._database = database
        self._backfill = backfill
        self._clock = clock

    async def list(self, tenant_id: str, wanted: WantedMemories) -> MemoriesPage:
        async with self._database.read(tenant_id) as unit:
            rows = MemoryRows(unit)
            return MemoriesPage(await rows.find(wanted), await rows.count(wanted))

    async def get(self, tenant_id: str, memory_id: UUID) -> Memory:
        """Raises `MemoryNotFound`, about another tenant's too."""
        async with self._database.read(tenant_id) as unit:
            return await _found(MemoryRows(unit), memory_id)

    async def history(
        self, tenant_id: str, memory_id: UUID, *, limit: int, offset: int
    ) -> MemoriesPage:
        """What was remembered on the same subject: the current one, and those it replaced, the
        newest first. Raises `MemoryNotFound`."""
        async with self._database.read(tenant_id) as unit:
            rows = MemoryRows(unit)
            await _found(rows, memory_id)
            return MemoriesPage(*await rows.history(memory_id, limit=limit, offset=offset))

    async def add(self, tenant_id: str, kind: Kind, subject: str | None, text: str) -> Memory:
        """Replaces what is remembered on that subject. Raises `SecretRefused`,
        `TooManyMemories`."""
        text = _harmless("text", text)
        subject = subject_of(_harmless("subject", subject or text))
        async with self._database.begin(tenant_id) as unit:
            rows = MemoryRows(unit)
            await rows.lock()  # before the time is taken, so that nothing comes in between
            told = Told(kind, subject, text, 1.0, self._clock())
            kept, _ = await keep(rows, told)
            await self._backfill.later(unit)
        return kept

    async def change(self, tenant_id: str, memory_id: UUID, wanted: Change) -> Memory:
        """Raises `MemoryNotFound`, `MemoryReplaced`, `SecretRefused`."""
        harmless = Change(
            wanted.kind,
            wanted.subject and subject_of(_harmless("subject", wanted.subject)),
            wanted.text and _harmless("text", wanted.text),
        )
        async with self._database.begin(tenant_id) as unit:
            rows = MemoryRows(unit)
            await rows.lock()
            memory = await _found(rows, memory_id)
            if memory.replaced_at is not None:
                raise MemoryReplaced(memory_id, memory.replaced_by)
            changed = await change(rows, memory, harmless, self._clock())
            await self._backfill.later(unit)
        return changed

    async def delete(self, tenant_id: str, memory_id: UUID) -> None:
        """With its history. Raises `MemoryNotFound`."""
        async with self._database.begin(tenant_id) as unit:
            rows = MemoryRows(unit)
            await rows.lock()
            if not await rows.delete(memory_id):
                raise MemoryNotFound(memory_id)


async def _found(rows: MemoryRows, memory_id: UUID) -> Memory:
    memory = await rows.get(memory_id)
    if memory is None:
        raise MemoryNotFound(memory_id)
    return memory


def _harmless(field: str, text: str) -> str:
    kind = secret_in(text)
    if kind is not None:
        raise SecretRefused(field, kind)
    return one_line(text)
