"""Memories on a real database, and conversations that they come from."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.accounts import Tenants
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.memory.models import Memory
from app.db import Database
from app.jobs import JobQueue, open_app
from app.kit.clock import utc_now
from app.kit.ids import new_id

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TENANT = "default"


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def clock() -> Hands:
    return Hands()


def memory(text: str, *, subject: str | None = None, **fields: Any) -> Memory:
    values: dict[str, Any] = {
        "id": new_id(),
        "tenant_id": TENANT,
        "kind": "fact",
        "subject": subject or text.lower()[:50],
        "text": text,
        "confidence": 1.0,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Memory(**(values | fields))


async def put(database: Database, *memories: Memory) -> None:
    for tenant in {each.tenant_id for each in memories}:
        await Tenants(database, utc_now).admit(tenant)
    async with database.begin(TENANT) as unit:
        unit.session.add_all(memories)


async def converse(
    database: Database, said: Sequence[str], *, remember: bool = True, tenant_id: str = TENANT
) -> tuple[UUID, list[UUID]]:
    """A conversation in which the person and the assistant took turns; the person began. Returns
    its id, and those of its messages."""
    await Tenants(database, utc_now).admit(tenant_id)
    conversation = Conversation(
        id=new_id(),
        tenant_id=tenant_id,
        template="casual",
        remember=remember,
        created_at=NOON,
        updated_at=NOON,
    )
    ids: list[UUID] = []
    async with database.begin(tenant_id) as unit:
        conversations = Conversations(unit)
        await conversations.add(conversation)
        for place, text in enumerate(said):
            message = _message(conversation.id, ids[-1] if ids else None, place, text)
            await conversations.add_message(message)
            ids.append(message.id)
        if ids:
            await conversations.move_head(conversation.id, ids[-1], NOON)
    return conversation.id, ids


def _message(conversation_id: UUID, parent_id: UUID | None, depth: int, text: str) -> ChatMessage:
    return ChatMessage(
        id=new_id(),
        conversation_id=conversation_id,
        parent_id=parent_id,
        depth=depth,
        role="assistant" if depth % 2 else "user",
        content=text,
        reasoning="",
        tool_calls=[],
        status="complete",
        created_at=NOON + timedelta(seconds=depth),
    )


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[JobQueue]:
    engine = open_app(database.address.libpq, pool_size=1, tasks={})
    await engine.open_async(await database.pool())
    yield JobQueue(engine)
    await engine.close_async()
