"""The queries of extraction. Built on a unit of work, whose tenant bounds what it can see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.chat.conversations.models import ChatMessage
from app.chat.memory.models import Memory
from app.db import UnitOfWork


class Extracting:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session
        self._tenant_id = unit.tenant_id

    async def answered_before(self, question_id: UUID, answer: ChatMessage) -> bool:
        """Whether the question has an earlier answer than this one, whose turn has had it read."""
        earlier = select(ChatMessage.id).where(
            ChatMessage.parent_id == question_id,
            ChatMessage.id != answer.id,
            ChatMessage.created_at < answer.created_at,
            ChatMessage.status.in_(("complete", "stopped")),
        )
        return await self._session.scalar(earlier.limit(1)) is not None

    async def subjects(self, limit: int) -> Sequence[str]:
        """Of the tenant's current memories, what was told last first."""
        query = select(Memory.subject).where(
            Memory.tenant_id == self._tenant_id, Memory.replaced_at.is_(None)
        )
        query = query.order_by(Memory.updated_at.desc(), Memory.id).limit(limit)
        return (await self._session.scalars(query)).all()
