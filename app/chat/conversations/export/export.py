"""Writes conversations out piece by piece: what is in memory is one batch of messages, and while a
slow reader takes it no connection to the database is held."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
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

_PATIENCE = 10.0
_BATCH = 20
"""Messages; of the largest size they take some milliseconds to be written."""


class Format(StrEnum):
    """All branches, for programs; or the shown one, for people."""

    JSON = "json"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
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
        offset = 0
        while batch := await within(_PATIENCE, self._any(conversation, offset)):
            yield tree.body(batch, first=offset == 0)
            offset += len(batch)
        yield tree.END

    async def _branch(self, conversation: Conversation) -> AsyncGenerator[bytes]:
        """Of the branch that was shown at the beginning, whatever is said meanwhile."""
        yield markdown.head(conversation)
        left: int | None = None
        while left != 0:
            batch, left = await within(_PATIENCE, self._shown(conversation, left))
            yield markdown.body(batch)

    async def _get(self, tenant_id: str, conversation_id: UUID) -> Conversation:
        async with self._database.read(tenant_id) as unit:
            conversation = await Conversations(unit).get(conversation_id)
        if conversation is None:
            raise ConversationNotFound(conversation_id)
        return conversation

    async def _any(self, conversation: Conversation, offset: int) -> Sequence[ShownMessage]:
        async with self._database.read(conversation.tenant_id) as unit:
            shelf = Shelf(unit)
            messages = await shelf.everything(conversation.id, limit=_BATCH, offset=offset)
            return await shelf.shown(messages, siblings=False)

    async def _shown(
        self, conversation: Conversation, left: int | None
    ) -> tuple[Sequence[ChatMessage], int]:
        """The next messages, and how many are left then; `left` is None at the beginning."""
        if conversation.head_id is None:
            return (), 0
        async with self._database.read(conversation.tenant_id) as unit:
            conversations = Conversations(unit)
            if left is None:
                head = await conversations.message(conversation.head_id)
                left = head.depth + 1 if head else 0
            batch = await conversations.branch(conversation.head_id, left, most=_BATCH)
        return batch, left - len(batch) if batch else 0
