"""Every query of feedback. Built on a unit of work, whose tenant bounds what it can see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.feedback.models import Feedback
from app.chat.feedback.opinion import Opinion
from app.db import UnitOfWork

_INSERT = insert(Feedback)
_REPLACED = ("thumb", "rating", "text", "updated_at")
_PUT = _INSERT.on_conflict_do_update(
    index_elements=[Feedback.message_id],
    set_={name: _INSERT.excluded[name] for name in _REPLACED},
).returning(Feedback)


class Feedbacks:
    def __init__(self, unit: UnitOfWork) -> None:
        self._session = unit.session
        self._tenant_id = unit.tenant_id

    async def role_of(self, message_id: UUID) -> str | None:
        """The role of a message of the tenant's, which stays there until the transaction ends."""
        query = (
            select(ChatMessage.role)
            .join(Conversation, Conversation.id == ChatMessage.conversation_id)
            .where(ChatMessage.id == message_id, Conversation.tenant_id == self._tenant_id)
            .with_for_update(read=True, key_share=True, of=ChatMessage)
        )
        return await self._session.scalar(query)

    async def put(self, message_id: UUID, opinion: Opinion, now: datetime) -> Feedback:
        """In the place of what was said of it before."""
        row = {
            "message_id": message_id,
            "tenant_id": self._tenant_id,
            "thumb": opinion.thumb,
            "rating": opinion.rating,
            "text": opinion.text,
            "created_at": now,
            "updated_at": now,
        }
        return (await self._session.scalars(_PUT, row)).one()

    async def get(self, message_id: UUID) -> Feedback | None:
        query = select(Feedback).where(Feedback.message_id == message_id)
        return await self._session.scalar(query.where(Feedback.tenant_id == self._tenant_id))

    async def delete(self, message_id: UUID) -> bool:
        """Whether there was any."""
        gone = await self._session.scalars(
            delete(Feedback)
            .where(Feedback.message_id == message_id, Feedback.tenant_id == self._tenant_id)
            .returning(Feedback.message_id)
        )
        return gone.first() is not None
