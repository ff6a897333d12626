"""The queries of titles. Built on a unit of work, whose tenant bounds what it can see."""

from typing import Literal, cast
from uuid import UUID

from psycopg import sql
from sqlalchemy import bindparam, select

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.db import Query, UnitOfWork

_UNTITLED = Query(
    select(Conversation.titled_by, ChatMessage.depth)
    .join(ChatMessage, ChatMessage.conversation_id == Conversation.id)
    .where(
        Conversation.tenant_id == bindparam("tenant_id"),
        Conversation.id == bindparam("conversation_id"),
        ChatMessage.id == bindparam("message_id"),
    )
)
_ENTITLE = """
    UPDATE conversations SET title = %(title)s, titled_by = 'parley'
    WHERE id = %(id)s AND tenant_id = %(tenant_id)s
        AND titled_by IS NOT DISTINCT FROM %(instead)s::text
"""


class TitleRows:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def beginning(
        self, conversation_id: UUID, message_id: UUID, *, titled_by: Literal["parley"] | None
    ) -> list[ChatMessage]:
        """The first messages on the branch to this one; none unless the title is by `titled_by`."""
        found = await _UNTITLED.rows(
            self._unit,
            tenant_id=self._unit.tenant_id,
            conversation_id=conversation_id,
            message_id=message_id,
        )
        if not found or found[0][0] != titled_by:
            return []
        depth = found[0][1]
        return await Conversations(self._unit).branch(message_id, depth + 1, most=2)

    async def entitle(
        self, conversation_id: UUID, title: str, *, instead: Literal["parley"] | None
    ) -> bool:
        """In place of a title by `instead`, and of no other's. The time of the last change stays:
        nothing was said. Whether it did."""
        connection = await self._unit.psycopg()
        values = {"id": conversation_id, "title": title, "instead": instead}
        cursor = await connection.execute(
            cast("sql.SQL", _ENTITLE), {**values, "tenant_id": self._unit.tenant_id}
        )
        return cursor.rowcount > 0
