"""Conversations, summaries and memories in the database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.accounts import Tenants
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.memory.models import Memory, Summary
from app.db import Database
from app.kit.clock import utc_now
from app.kit.ids import new_id

BEGAN = datetime(2026, 10, 1, 12, tzinfo=UTC)
TENANT = "default"


def small_talk(exchanges: int) -> list[str]:
    """What a person and the assistant say in turns."""
    return [
        f"{word} {number}?" if word == "Question" else f"{word} {number}. " + "And so on. " * 10
        for number in range(exchanges)
        for word in ("Question", "Answer")
    ]


async def converse(
    database: Database, said: Sequence[str], *, tenant_id: str = TENANT, **fields: Any
) -> tuple[UUID, list[UUID]]:
    """The conversation's id, and those of its messages; the person begins."""
    await Tenants(database, utc_now).admit(tenant_id)
    values = {"template": "casual", "remember": True, "created_at": BEGAN, "updated_at": BEGAN}
    conversation = Conversation(id=new_id(), tenant_id=tenant_id, **(values | fields))
    async with database.begin(tenant_id) as unit:
        conversations = Conversations(unit)
        await conversations.add(conversation)
        ids: list[UUID] = []
        for text in said:
            message = _message(conversation.id, ids, text)
            await conversations.add_message(message)
            ids.append(message.id)
        if ids:
            await conversations.move_head(conversation.id, ids[-1], BEGAN)
    return conversation.id, ids


def _message(conversation_id: UUID, before: Sequence[UUID], text: str) -> ChatMessage:
    return ChatMessage(
        id=new_id(),
        conversation_id=conversation_id,
        parent_id=before[-1] if before else None,
        depth=len(before),
        role="assistant" if len(before) % 2 else "user",
        content=text,
        reasoning="",
        tool_calls=[],
        status="complete",
        created_at=BEGAN + timedelta(minutes=len(before)),
    )


async def sum_up(
    database: Database, conversation_id: UUID, message_id: UUID, text: str, before: int = 5000
) -> None:
    summary = Summary(
        id=new_id(),
        conversation_id=conversation_id,
        message_id=message_id,
        text=text,
        tokens_before=before,
        tokens=len(text) // 4,
        created_at=BEGAN,
    )
    async with database.begin(TENANT) as unit:
        unit.session.add(summary)


async def remember(
    database: Database, subject: str, text: str, message_id: UUID | None = None
) -> UUID:
    memory = Memory(
        id=new_id(),
        tenant_id=TENANT,
        kind="fact",
        subject=subject,
        text=text,
        confidence=1.0,
        message_id=message_id,
        created_at=BEGAN,
        updated_at=BEGAN,
    )
    async with database.begin(TENANT) as unit:
        unit.session.add(memory)
    return memory.id
