"""A question and its answer, as rows: what feedback is given on."""

from uuid import UUID

from app.db import Database
from tests.chat.conversations.rows import a_conversation, a_message, store


async def exchange(database: Database, tenant_id: str = "default") -> tuple[UUID, UUID, UUID]:
    """The ids of the conversation, the question and the answer."""
    conversation = a_conversation(tenant_id=tenant_id)
    question = a_message(conversation.id)
    answer = a_message(conversation.id, question)
    await store(database, conversation, [question, answer])
    return conversation.id, question.id, answer.id
