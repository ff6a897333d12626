"""A conversation's messages, to be read aloud one by one."""

from uuid import UUID

from app.chat.conversations.repository import Conversations
from app.db import Database
from app.llm import CallContext, Turn
from app.voice import SpokenMessage


class ConversationMessages:
    """In one voice, `narrator`, since only answers are said by somebody else. An answer that is
    still being made isn't there yet."""

    def __init__(self, database: Database, narrator: str) -> None:
        self._database = database
        self._narrator = narrator

    async def find(self, tenant_id: str, message_id: UUID) -> SpokenMessage | None:
        """None when this tenant has no such message, or its conversation was deleted."""
        async with self._database.read(tenant_id) as unit:
            message = await Conversations(unit).message(message_id)
        if message is None or message.status == "generating":
            return None
        context = CallContext(
            tenant_id, conversation_id=message.conversation_id, turn=Turn(message_id=message.id)
        )
        return SpokenMessage(message.content, self._narrator, context)
