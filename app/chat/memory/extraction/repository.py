"""The queries of extraction. Built on a unit of work, whose tenant bounds what it can see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Integer, bindparam, literal_column, select

from app.chat.conversations.models import ChatMessage
from app.chat.memory.models import Memory
from app.db import Query, UnitOfWork

_EARLIER = Query(
    select(ChatMessage.id)
    .where(
        ChatMessage.parent_id == bindparam("question_id"),
        ChatMessage.id != bindparam("answer_id"),
        ChatMessage.created_at < bindparam("before"),
        ChatMessage.status.in_((literal_column("'complete'"), literal_column("'stopped'"))),
    )
    .limit(literal_column("1", Integer))
)
_SUBJECTS = Query(
    select(Memory.subject)
    .where(Memory.tenant_id == bindparam("tenant_id"), Memory.replaced_at.is_(None))
    .order_by(Memory.updated_at.desc(), Memory.id)
    .limit(bindparam("limit"))
)


class Extracting:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def answered_before(self, question_id: UUID, answer: ChatMessage) -> bool:
        """Whether the question has an earlier answer than this one, whose turn has had it read."""
        earlier = await _EARLIER.rows(
            self._unit, question_id=question_id, answer_id=answer.id, before=answer.created_at
        )
        return bool(earlier)

    async def subjects(self, limit: int) -> Sequence[str]:
        """Of the tenant's current memories, what was told last first."""
        rows = await _SUBJECTS.rows(self._unit, tenant_id=self._unit.tenant_id, limit=limit)
        return [subject for (subject,) in rows]
