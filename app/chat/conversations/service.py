"""Makes, changes and deletes conversations."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from app.chat.conversations.models import Conversation
from app.chat.conversations.naming import check_model
from app.chat.conversations.repository import Conversations
from app.chat.errors import ConversationNotFound, GenerationNotFound, MessageNotFound
from app.chat.generations import GenerationLogs
from app.db import Database, UnitOfWork
from app.kit.clock import Clock
from app.kit.deadline import within
from app.kit.ids import new_id
from app.llm import LLMClient

_PATIENCE = 10.0
_DELETING = 60.0


class ConversationBook:
    def __init__(
        self, database: Database, client: LLMClient, generations: GenerationLogs, clock: Clock
    ) -> None:
        self._database = database
        self._client = client
        self._generations = generations
        self._clock = clock

    async def create(self, tenant_id: str, given: Mapping[str, Any]) -> Conversation:
        """`given` are columns: `title`, `template`, `model`, `system_text`, `remember`.
        Raises `ModelUnusable`."""
        self._check(tenant_id, given)
        now = self._clock()
        conversation = Conversation(
            id=new_id(), tenant_id=tenant_id, created_at=now, updated_at=now, **_titled(given)
        )
        await within(_PATIENCE, self._create(conversation))
        return conversation

    async def change(self, tenant_id: str, conversation_id: UUID, given: Mapping[str, Any]) -> None:
        """`given` are columns, as for `create`; and with `head_id`, a message, it goes on with the
        branch through that message which was gone on with last.

        A conversation whose title is taken away gets one from its next answer. Raises
        `ConversationNotFound`; `MessageNotFound` unless the message is one of its own;
        `ModelUnusable`.
        """
        self._check(tenant_id, given)
        await within(_PATIENCE, self._change(tenant_id, conversation_id, _titled(given)))

    async def delete(self, tenant_id: str, conversation_id: UUID) -> None:
        """With its messages and answers; what is remembered of it stays, without its source. An
        answer that is being made is stopped first. Raises `ConversationNotFound`."""
        await within(_PATIENCE, self._stop(tenant_id, conversation_id))
        if not await within(_DELETING, self._delete(tenant_id, conversation_id)):
            raise ConversationNotFound(conversation_id)

    def _check(self, tenant_id: str, given: Mapping[str, Any]) -> None:
        if given.get("model") is not None:
            check_model(self._client, tenant_id, given["model"])

    async def _create(self, conversation: Conversation) -> None:
        async with self._database.begin(conversation.tenant_id) as unit:
            await Conversations(unit).add(conversation)

    async def _change(self, tenant_id: str, conversation_id: UUID, changes: dict[str, Any]) -> None:
        async with self._database.begin(tenant_id) as unit:
            conversations = Conversations(unit)
            if await conversations.get(conversation_id, lock=True) is None:
                raise ConversationNotFound(conversation_id)
            if "head_id" in changes:
                changes["head_id"] = await _newest(unit, conversation_id, changes["head_id"])
            if changes:
                await conversations.change(conversation_id, self._clock(), **changes)

    async def _stop(self, tenant_id: str, conversation_id: UUID) -> None:
        running = await self._generations.running(tenant_id, conversation_id)
        if running is not None:
            with suppress(GenerationNotFound):  # deleted by somebody else meanwhile
                await self._generations.stop(tenant_id, running)

    async def _delete(self, tenant_id: str, conversation_id: UUID) -> bool:
        async with self._database.begin(tenant_id) as unit:
            return await Conversations(unit).delete(conversation_id)


def _titled(given: Mapping[str, Any]) -> dict[str, Any]:
    if "title" not in given:
        return dict(given)
    return {**given, "titled_by": "owner" if given["title"] else None}


async def _newest(unit: UnitOfWork, conversation_id: UUID, message_id: UUID) -> UUID:
    conversations = Conversations(unit)
    message = await conversations.message(message_id)
    if message is None or message.conversation_id != conversation_id:
        raise MessageNotFound(message_id)
    return await conversations.newest_below(message_id) or message_id
