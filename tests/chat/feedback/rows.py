"""A question and its answer, as rows: what feedback is given on."""

from datetime import UTC, datetime
from uuid import UUID

from app.chat.conversations.models import ChatMessage, Conversation
from app.db import Database
from app.kit.ids import new_id

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def message(conversation: UUID, role: str, parent: ChatMessage | None) -> ChatMessage:
    return ChatMessage(
        id=new_id(),
        conversation_id=conversation,
        parent_id=parent.id if parent else None,
        external_id=None,
        depth=parent.depth + 1 if parent else 0,
        role=role,
        content="What was said.",
        reasoning="",
        tool_calls=[],
        tool_call_id=None,
        status="complete",
        model=None,
        finish_reason=None,
        created_at=NOON,
    )


async def exchange(database: Database, tenant_id: str = "default") -> tuple[UUID, UUID, UUID]:
    """The ids of the conversation, the question and the answer."""
    conversation = Conversation(
        id=new_id(),
        tenant_id=tenant_id,
        external_id=None,
        title=None,
        titled_by=None,
        template="casual",
        system_text=None,
        model=None,
        remember=True,
        head_id=None,
        created_at=NOON,
        updated_at=NOON,
    )
    question = message(conversation.id, "user", None)
    answer = message(conversation.id, "assistant", question)
    async with database.begin(tenant_id) as unit:
        for row in (conversation, question, answer):
            unit.session.add(row)
            await unit.session.flush()
    return conversation.id, question.id, answer.id
