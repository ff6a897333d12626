"""The queries of lists of conversations and messages. Built on a unit of work, whose tenant bounds
what it can see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import aliased

from app.chat.conversations.browsing.found import Found, Hit, ShownMessage
from app.chat.conversations.browsing.search import Search
from app.chat.conversations.browsing.wanted import WantedConversations
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import MESSAGE_COLUMNS, message_of
from app.chat.feedback.models import Feedback
from app.chat.generations.models import Generation
from app.db import Query, UnitOfWork

_SNIPPET_LENGTH = 300
_HEADLINE = 'MaxFragments=1, MinWords=6, MaxWords=24, StartSel="", StopSel=""'
_OF_TENANT = Conversation.tenant_id == bindparam("tenant_id")
_IDS = Query(
    select(ChatMessage.id)
    .join(Conversation, Conversation.id == ChatMessage.conversation_id)
    .where(_OF_TENANT, Conversation.id == bindparam("conversation_id"))
    .order_by(ChatMessage.created_at, ChatMessage.depth, ChatMessage.id)
)
"""Messages may be stored at the same moment: then the depth tells which was said first."""
_MESSAGES = Query(
    select(*MESSAGE_COLUMNS)
    .join(Conversation, Conversation.id == ChatMessage.conversation_id)
    .where(_OF_TENANT, ChatMessage.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
)


class Shelf:
    """A tenant's conversations, to be looked through."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._session = unit.session

    async def find(self, wanted: WantedConversations) -> list[Found]:
        """The one that changed last comes first."""
        search = Search.of(wanted.text) if wanted.text else None
        query = (
            select(Conversation)
            .where(*self._conditions(wanted, search))
            .order_by(Conversation.updated_at.desc(), Conversation.id.desc())
            .limit(wanted.limit)
            .offset(wanted.offset)
        )
        rows = (await self._session.scalars(query)).all()
        ids = [row.id for row in rows]
        running = await self.running(ids)
        hits = await self._hits(ids, search) if search else {}
        return [Found(row, running.get(row.id), hits.get(row.id)) for row in rows]

    async def count(self, wanted: WantedConversations) -> int:
        search = Search.of(wanted.text) if wanted.text else None
        query = select(func.count()).select_from(Conversation)
        return await self._session.scalar(query.where(*self._conditions(wanted, search))) or 0

    async def running(self, conversation_ids: Sequence[UUID]) -> dict[UUID, UUID]:
        """The generation that runs in each of these, where one does."""
        query = select(Generation.conversation_id, Generation.id).where(
            Generation.conversation_id.in_(conversation_ids),
            Generation.status == "running",
            Generation.tenant_id == self._unit.tenant_id,
        )
        return {row.conversation_id: row.id for row in await self._session.execute(query)}

    async def everything(self, conversation_id: UUID) -> list[UUID]:
        """The ids of the messages of all branches, in the order they were said."""
        rows = await _IDS.rows(
            self._unit, tenant_id=self._unit.tenant_id, conversation_id=conversation_id
        )
        return [message_id for (message_id,) in rows]

    async def messages(self, ids: Sequence[UUID]) -> list[ChatMessage]:
        """These, in this order; those that are gone meanwhile are left out."""
        rows = await _MESSAGES.rows(self._unit, tenant_id=self._unit.tenant_id, ids=[*ids])
        found = {message.id: message for message in map(message_of, rows)}
        return [found[message_id] for message_id in ids if message_id in found]

    async def shown(self, messages: Sequence[ChatMessage], *, siblings: bool) -> list[ShownMessage]:
        """With what belongs to them. `messages` are of one conversation of the tenant's."""
        ids = [message.id for message in messages]
        beside = await self._siblings(messages) if siblings else {}
        generations = await self._generations(ids)
        feedback = await self._feedback(ids)
        return [
            ShownMessage(
                message,
                beside.get(message.parent_id) if siblings else None,
                generations.get(message.id),
                feedback.get(message.id),
            )
            for message in messages
        ]

    def _conditions(
        self, wanted: WantedConversations, search: Search | None
    ) -> list[ColumnElement[bool]]:
        conditions = [Conversation.tenant_id == self._unit.tenant_id]
        if wanted.template is not None:
            conditions.append(Conversation.template == wanted.template)
        if wanted.since is not None:
            conditions.append(Conversation.updated_at >= wanted.since)
        if wanted.until is not None:
            conditions.append(Conversation.updated_at < wanted.until)
        if search is not None:
            conditions.append(or_(_titled(search), Conversation.id.in_(self._saying(search))))
        return conditions

    def _saying(self, search: Search) -> Select[UUID]:
        """The conversations of the messages that have all the words; of the tenant's only, since
        others may have a great many."""
        words = func.to_tsquery("simple", search.words)
        own = aliased(Conversation)
        return (
            select(ChatMessage.conversation_id)
            .join(own, own.id == ChatMessage.conversation_id)
            .where(own.tenant_id == self._unit.tenant_id, ChatMessage.words.bool_op("@@")(words))
        )

    async def _hits(self, conversation_ids: Sequence[UUID], search: Search) -> dict[UUID, Hit]:
        newest = (
            self._saying(search)
            .where(ChatMessage.conversation_id.in_(conversation_ids))
            .add_columns(ChatMessage.id)
            .ext(distinct_on(ChatMessage.conversation_id))
            .order_by(ChatMessage.conversation_id, ChatMessage.created_at.desc())
            .subquery()
        )
        snippet = func.ts_headline(
            "simple", ChatMessage.content, func.to_tsquery("simple", search.words), _HEADLINE
        )
        query = select(ChatMessage.conversation_id, ChatMessage.id, snippet).join(
            newest, newest.c.id == ChatMessage.id
        )
        return {
            conversation_id: Hit(message_id, " ".join(text.split())[:_SNIPPET_LENGTH])
            for conversation_id, message_id, text in await self._session.execute(query)
        }

    async def _siblings(self, messages: Sequence[ChatMessage]) -> dict[UUID | None, list[UUID]]:
        """The children of each of the messages' parents, oldest first; under None the roots."""
        parents = {message.parent_id for message in messages}
        same_parent: ColumnElement[bool] = ChatMessage.parent_id.in_(
            [each for each in parents if each]
        )
        if None in parents:
            of_these = ChatMessage.conversation_id == messages[0].conversation_id
            same_parent = or_(same_parent, and_(of_these, ChatMessage.parent_id.is_(None)))
        query = (
            select(ChatMessage.parent_id, ChatMessage.id)
            .where(same_parent)
            .order_by(ChatMessage.created_at, ChatMessage.id)
        )
        found: dict[UUID | None, list[UUID]] = {}
        for parent_id, message_id in await self._session.execute(query):
            found.setdefault(parent_id, []).append(message_id)
        return found

    async def _generations(self, message_ids: Sequence[UUID]) -> dict[UUID, Generation]:
        query = select(Generation).where(Generation.message_id.in_(message_ids))
        return {row.message_id: row for row in await self._session.scalars(query)}

    async def _feedback(self, message_ids: Sequence[UUID]) -> dict[UUID, Feedback]:
        query = select(Feedback).where(Feedback.message_id.in_(message_ids))
        return {row.message_id: row for row in await self._session.scalars(query)}


def _titled(search: Search) -> ColumnElement[bool]:
    return and_(*(Conversation.title.ilike(part) for part in search.parts))
