"""Conversations and messages to store, for tests that need some."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.feedback.models import Feedback
from app.chat.generations.models import Generation
from app.db import Database, Model
from app.kit.ids import new_id

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def a_conversation(**changes: Any) -> Conversation:
    values: dict[str, Any] = {
        "id": new_id(),
        "tenant_id": "default",
        "template": "casual",
        "remember": True,
        "created_at": AT,
        "updated_at": AT,
    }
    return Conversation(**{**values, **changes})


def a_message(
    conversation_id: UUID, parent: ChatMessage | None = None, **changes: Any
) -> ChatMessage:
    values: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": conversation_id,
        "parent_id": parent.id if parent else None,
        "depth": parent.depth + 1 if parent else 0,
        "role": "assistant" if parent and parent.role == "user" else "user",
        "content": "Hello",
        "reasoning": "",
        "tool_calls": [],
        "status": "complete",
        "created_at": AT,
    }
    return ChatMessage(**{**values, **changes})


def a_generation(message: ChatMessage, **changes: Any) -> Generation:
    values: dict[str, Any] = {
        "id": new_id(),
        "tenant_id": "default",
        "conversation_id": message.conversation_id,
        "message_id": message.id,
        "host_id": new_id(),
        "status": "done",
        "notices": [],
        "saved_tokens": 0,
        "started_at": AT,
        "ended_at": AT,
    }
    return Generation(**{**values, **changes})


def some_feedback(message: ChatMessage, **changes: Any) -> Feedback:
    values = {"message_id": message.id, "tenant_id": "default", "created_at": AT, "updated_at": AT}
    return Feedback(**{**values, **changes})


async def store(
    database: Database,
    conversation: Conversation,
    messages: Sequence[ChatMessage] = (),
    more: Sequence[Model] = (),
) -> None:
    """The conversation's head is the last of the messages, unless it says otherwise."""
    if messages and conversation.head_id is None:
        conversation.head_id = messages[-1].id
    async with database.begin(conversation.tenant_id) as unit:
        session = unit.session
        assert await Conversations(unit).add(conversation)
        for message in messages:
            assert await Conversations(unit).add_message(message)
        session.add_all(more)
        await session.flush()
