"""Finds conversations, and shows what was said in them."""

from collections.abc import Sequence
from uuid import UUID

from app.chat.conversations.browsing.found import FoundPage, MessagesPage, Overview
from app.chat.conversations.browsing.repository import Shelf
from app.chat.conversations.browsing.wanted import WantedConversations, WantedMessages
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.errors import ConversationNotFound
from app.db import Database, UnitOfWork
from app.kit.deadline import within
from app.kit.frozen import frozen

_PATIENCE = 10.0


class Browsing:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant_id: str, wanted: WantedConversations) -> FoundPage:
        return await within(_PATIENCE, self._find(tenant_id, wanted))

    async def get(self, tenant_id: str, conversation_id: UUID) -> Overview:
        """Raises `ConversationNotFound`, about another tenant's too."""
        return await within(_PATIENCE, self._get(tenant_id, conversation_id))

    async def messages(
        self, tenant_id: str, conversation_id: UUID, wanted: WantedMessages
    ) -> MessagesPage:
        """Raises like `get`."""
        return await within(_PATIENCE, self._messages(tenant_id, conversation_id, wanted))

    async def _find(self, tenant_id: str, wanted: WantedConversations) -> FoundPage:
        async with self._database.read(tenant_id) as unit:
            shelf = Shelf(unit)
            return FoundPage(await shelf.find(wanted), await shelf.count(wanted))

    async def _get(self, tenant_id: str, conversation_id: UUID) -> Overview:
        async with self._database.read(tenant_id) as unit:
            conversation = await _required(unit, conversation_id)
            running = await Shelf(unit).running([conversation_id])
            count = await Conversations(unit).count_messages(conversation_id)
        return Overview(conversation, running.get(conversation_id), count)

    async def _messages(
        self, tenant_id: str, conversation_id: UUID, wanted: WantedMessages
    ) -> MessagesPage:
        async with self._database.read(tenant_id) as unit:
            conversation = await _required(unit, conversation_id)
            found = await (_any if wanted.all else _branch)(unit, conversation, wanted)
            shown = await Shelf(unit).shown(found.messages, siblings=not wanted.all)
        return MessagesPage(shown, found.total, found.start)


@frozen
class _Page:
    messages: Sequence[ChatMessage]
    total: int
    start: int


async def _required(unit: UnitOfWork, conversation_id: UUID) -> Conversation:
    conversation = await Conversations(unit).get(conversation_id)
    if conversation is None:
        raise ConversationNotFound(conversation_id)
    return conversation


async def _any(unit: UnitOfWork, conversation: Conversation, wanted: WantedMessages) -> _Page:
    ids = await Shelf(unit).everything(conversation.id)
    start = wanted.start(len(ids))
    page = ids[start : start + wanted.limit]
    return _Page(await Shelf(unit).messages(page), len(ids), start)


async def _branch(unit: UnitOfWork, conversation: Conversation, wanted: WantedMessages) -> _Page:
    conversations, head_id = Conversations(unit), conversation.head_id
    head = await conversations.message(head_id) if head_id else None
    total = head.depth + 1 if head else 0
    start = wanted.start(total)
    if head is None or start >= total:
        return _Page((), total, start)
    messages = await conversations.branch(head.id, total - start, most=wanted.limit)
    return _Page(messages, total, start)
