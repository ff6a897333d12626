"""Writes conversations out piece by piece: what is in memory is the ids of all messages, and one
batch of them. While a slow reader takes that, no connection to the database is held."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from enum import StrEnum
from uuid import UUID

from app.chat.conversations.browsing.found import ShownMessage
from app.chat.conversations.browsing.repository import Shelf
from app.chat.conversations.export import markdown, tree
from app.chat.conversations.export.file_name import file_name
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.errors import ConversationNotFound
from app.db import Database
from app.kit.deadline import within
from app.kit.frozen import frozen

_PATIENCE = 10.0
_BATCH = 20
"""Messages; of the largest size they take some milliseconds to be written."""


class Format(StrEnum):
    """All branches, for programs; or the shown one, for people."""

    JSON = "json"
    MARKDOWN = "markdown"


@frozen
class Export:
    file_name: str
    media_type: str
    pieces: AsyncGenerator[bytes]


class Exports:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, tenant_id: str, conversation_id: UUID, form: Format) -> Export:
        """Raises `ConversationNotFound`, before anything is written."""
        conversation = await within(_PATIENCE, self._get(tenant_id, conversation_id))
        if form is Format.JSON:
            name = file_name(conversation, "json")
            return Export(name, "application/json", self._tree(conversation))
        name = file_name(conversation, "md")
        return Export(name, "text/markdown", self._branch(conversation))

    async def _tree(self, conversation: Conversation) -> AsyncGenerator[bytes]:
        yield tree.head(conversation)
        first = True
        for batch in _batches(await within(_PATIENCE, self._ids(conversation))):
            messages = await within(_PATIENCE, self._shown(conversation, batch))
            yield tree.body(messages, first=first)
            first = False
        yield tree.END

    async def _branch(self, conversation: Conversation) -> AsyncGenerator[bytes]:
        yield markdown.head(conversation)
        for batch in _batches(await within(_PATIENCE, self._way(conversation))):
            yield markdown.body(await within(_PATIENCE, self._messages(conversation, batch)))

    async def _get(self, tenant_id: str, conversation_id: UUID) -> Conversation:
        async with self._database.read(tenant_id) as unit:
            conversation = await Conversations(unit).get(conversation_id)
        if conversation is None:
            raise ConversationNotFound(conversation_id)
        return conversation

    async def _ids(self, conversation: Conversation) -> list[UUID]:
        async with self._database.read(conversation.tenant_id) as unit:
            return await Shelf(unit).everything(conversation.id)

    async def _way(self, conversation: Conversation) -> list[UUID]:
        if conversation.head_id is None:
            return []
        async with self._database.read(conversation.tenant_id) as unit:
            return await Conversations(unit).way_to(conversation.head_id)

    async def _messages(
        self, conversation: Conversation, ids: Sequence[UUID]
    ) -> Sequence[ChatMessage]:
        async with self._database.read(conversation.tenant_id) as unit:
            return await Shelf(unit).messages(ids)

    async def _shown(
        self, conversation: Conversation, ids: Sequence[UUID]
    ) -> Sequence[ShownMessage]:
        async with self._database.read(conversation.tenant_id) as unit:
            shelf = Shelf(unit)
            return await shelf.shown(await shelf.messages(ids), siblings=False)


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[place : place + _BATCH] for place in range(0, len(ids), _BATCH))
