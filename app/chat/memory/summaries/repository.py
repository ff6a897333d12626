"""Every query of summaries. Built on a unit of work, whose tenant bounds what it can see."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from psycopg import sql
from sqlalchemy import Uuid, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.memory.models import Summary
from app.db import Query, UnitOfWork

_FARTHEST = Query(
    select(Summary)
    .join(Conversation, Conversation.id == Summary.conversation_id)
    .join(ChatMessage, ChatMessage.id == Summary.message_id)
    .where(
        Conversation.tenant_id == bindparam("tenant_id"),
        Summary.conversation_id == bindparam("conversation_id"),
        Summary.message_id == func.any(bindparam("message_ids", type_=ARRAY(Uuid))),
    )
    .order_by(ChatMessage.depth.desc(), Summary.created_at.desc())
    .limit(literal_column("1"))
)

_ADD = """
    INSERT INTO conversation_summaries
        (id, conversation_id, message_id, text, tokens_before, tokens, model, created_at)
    SELECT %(id)s, %(conversation_id)s, %(message_id)s, %(text)s, %(tokens_before)s, %(tokens)s,
        %(model)s, %(created_at)s
    FROM conversations WHERE id = %(conversation_id)s AND tenant_id = %(tenant_id)s FOR KEY SHARE
"""

_KEEP = """
    DELETE FROM conversation_summaries WHERE id IN (
        SELECT id FROM conversation_summaries WHERE conversation_id = %(conversation_id)s
        ORDER BY created_at DESC, id OFFSET %(most)s
    )
"""

_COLUMNS = tuple(column.name for column in Summary.__table__.columns)

_MOST = 50
"""Of one conversation: the newest, one for each step of each branch that is talked in."""


class Summaries:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def farthest(self, conversation_id: UUID, message_ids: Sequence[UUID]) -> Summary | None:
        """Of a branch, given by its messages, the summary that reaches farthest; as a record with
        the attributes of `Summary`."""
        rows = await _FARTHEST.rows(
            self._unit,
            tenant_id=self._unit.tenant_id,
            conversation_id=conversation_id,
            message_ids=[*message_ids],
        )
        return rows[0][0] if rows else None

    async def add(self, summary: Summary) -> None:
        """The oldest of a conversation that has too many are forgotten."""
        values = {name: getattr(summary, name) for name in _COLUMNS}
        connection = await self._unit.psycopg()
        await connection.execute(
            cast("sql.SQL", _ADD), {**values, "tenant_id": self._unit.tenant_id}
        )
        kept = {"conversation_id": summary.conversation_id, "most": _MOST}
        await connection.execute(cast("sql.SQL", _KEEP), kept)
