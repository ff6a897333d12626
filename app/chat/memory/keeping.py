"""Writes down what was told, and keeps what it replaces as its history."""

from datetime import datetime

from app.chat.limits import MEMORIES
from app.chat.memory.errors import TooManyMemories
from app.chat.memory.models import Memory
from app.chat.memory.repository import MemoryRows
from app.chat.memory.telling import Kind, Outcome, Told, outcome
from app.kit.frozen import frozen
from app.kit.ids import new_id


@frozen
class Change:
    """What its owner changes; None stays as it is."""

    kind: Kind | None = None
    subject: str | None = None
    text: str | None = None


async def keep(rows: MemoryRows, told: Told) -> tuple[Memory, Outcome]:
    """The current memory on that subject afterwards. Raises `TooManyMemories`.

    The tenant's memories are this transaction's until it ends: of two that are told at once, the
    second finds the first.
    """
    await rows.lock()
    current = await rows.current(told.subject)
    found = outcome(current, told)
    if found is Outcome.NEW or current is None:
        if await rows.count() >= MEMORIES:
            raise TooManyMemories
        return await rows.add(_memory(rows.tenant_id, told)), found
    if found is Outcome.SAME:
        current.updated_at = told.at
        current.confidence = max(current.confidence, told.confidence)
        return current, found
    if found is Outcome.REPLACES:
        return await rows.replace(current, _memory(rows.tenant_id, told)), found
    return current, found


async def change(rows: MemoryRows, memory: Memory, wanted: Change, now: datetime) -> Memory:
    """The memory keeps its id; as it was, it becomes part of its own history. Another one that has
    the subject it gets is replaced by it. What its owner says is certain."""
    subject = wanted.subject or memory.subject
    told = wanted.kind or memory.kind, subject, wanted.text or memory.text
    if told == (memory.kind, memory.subject, memory.text) and memory.confidence == 1:
        return memory
    other = await rows.current(subject) if subject != memory.subject else None
    await rows.keep_version(memory, now)
    if other is not None:
        await rows.retire(other, memory.id, now)
    memory.kind, memory.subject, memory.text = told
    memory.embedding = memory.embedding_model = None
    memory.confidence = 1.0
    memory.message_id = None
    memory.created_at = memory.updated_at = now
    await rows.flush()
    return memory


def _memory(tenant_id: str, told: Told) -> Memory:
    return Memory(
        id=new_id(),
        tenant_id=tenant_id,
        kind=told.kind,
        subject=told.subject,
        text=told.text,
        confidence=told.confidence,
        conversation_id=told.conversation_id,
        message_id=told.message_id,
        created_at=told.at,
        updated_at=told.at,
    )
