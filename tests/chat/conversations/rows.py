"""Conversations and messages to store, for tests that need some."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.chat.conversations.models import ChatMessage, Conversation
from app.kit.ids import new_id

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


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
