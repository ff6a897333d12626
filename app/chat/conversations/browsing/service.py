"""Finds conversations, and shows what was said in them."""

from uuid import UUID

from app.chat.conversations.browsing.found import FoundPage, MessagesPage, Overview
from app.chat.conversations.browsing.repository import Shelf
from app.chat.conversations.browsing.wanted import WantedConversations, WantedMessages
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.errors import ConversationNotFound
from app.db import Database, UnitOfWork
from app.kit.deadline import within

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
            total = await _total(unit, conversation, every=wanted.all)
            start = wanted.start(total)
            messages = await _page(unit, conversation, wanted, start, total)
            shown = await Shelf(unit).shown(messages, siblings=not wanted.all)
        return MessagesPage(shown, total, start)


async def _required(unit: UnitOfWork, conversation_id: UUID) -> Conversation:
    conversation = await Conversations(unit).get(conversation_id)
    if conversation is None:
        raise ConversationNotFound(conversation_id)
    return conversation


async def _total(unit: UnitOfWork, conversation: Conversation, *, every: bool) -> int:
    if every:
        return await Conversations(unit).count_messages(conversation.id)
    if conversation.head_id is None:
        return 0
    head = await Conversations(unit).message(conversation.head_id)
    return 0 if head is None else head.depth + 1


async def _page(
    unit: UnitOfWork, conversation: Conversation, wanted: WantedMessages, start: int, total: int
) -> list[ChatMessage]:
    if start >= total:
        return []
    if wanted.all or conversation.head_id is None:
        return await Shelf(unit).everything(conversation.id, limit=wanted.limit, offset=start)
    branch = Conversations(unit).branch
    return await branch(conversation.head_id, total - start, most=wanted.limit)
