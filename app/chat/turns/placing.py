"""Where in a conversation a turn stands, and what of it is stored when it begins."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.errors import (
    ConversationFull,
    ConversationNotFound,
    FieldUnusable,
    MessageNotFound,
)
from app.chat.limits import CONVERSATION_MESSAGES, MESSAGE_BYTES
from app.chat.templates import DEFAULT
from app.chat.turns.ask import HEAD, Ask
from app.chat.turns.errors import MovedOn
from app.db import UnitOfWork
from app.kit.frozen import frozen
from app.kit.ids import new_id
from app.kit.text import visible

_ANSWERED_AGAIN = "has nothing before it that could be answered again: name another message"


@frozen
class Spot:
    """After which message of which conversation; both None where it is yet to be made."""

    conversation: Conversation | None
    parent: ChatMessage | None

    @property
    def conversation_id(self) -> UUID | None:
        return None if self.conversation is None else self.conversation.id

    @property
    def parent_id(self) -> UUID | None:
        return None if self.parent is None else self.parent.id

    @property
    def titled(self) -> bool:
        return self.conversation is not None and self.conversation.title is not None

    @property
    def model(self) -> str | None:
        return None if self.conversation is None else self.conversation.model


@frozen
class Stored:
    """Ids of what is stored at the beginning; `message_id` is the answer's."""

    conversation_id: UUID
    message_id: UUID


async def find_spot(unit: UnitOfWork, ask: Ask) -> Spot:
    """Raises `ConversationNotFound`, `MessageNotFound`, and `FieldUnusable` for what can't be said
    there."""
    conversations = Conversations(unit)
    conversation = await _conversation(conversations, ask)
    head_id = None if conversation is None else conversation.head_id
    parent = await _message(
        conversations, conversation, head_id if ask.parent is HEAD else ask.parent
    )
    if ask.message is None and not ask.results:
        while parent is not None and parent.role == "assistant":
            parent = await _message(conversations, conversation, parent.parent_id)
        if parent is None:
            raise FieldUnusable("message", _ANSWERED_AGAIN)
    check(ask, parent)
    return Spot(conversation, parent)


def check(ask: Ask, parent: ChatMessage | None) -> None:
    """Raises `FieldUnusable`."""
    said = [("message", ask.message)] if ask.message is not None else []
    if said and not visible(ask.message or ""):
        raise FieldUnusable("message", 'says nothing: send a text, as in "Hello"')
    results = [(f"results.{place}", each.content) for place, each in enumerate(ask.results)]
    for name, text in (*said, *results):
        size = len((text or "").encode("utf-8", "replace"))
        if size > MESSAGE_BYTES:
            raise FieldUnusable(name, f"has {size} bytes; at most {MESSAGE_BYTES} are taken")
    called = {call["id"] for call in parent.tool_calls} if parent is not None else set()
    for place, each in enumerate(ask.results):
        if each.tool_call_id not in called:
            issue = f"{each.tool_call_id[:100]!a} is no call of the message that it follows"
            raise FieldUnusable(f"results.{place}.tool_call_id", issue)


async def store(unit: UnitOfWork, ask: Ask, spot: Spot, now: datetime) -> Stored:
    """Writes the conversation, where it is new, what is said, and the empty message of the answer,
    which becomes its head. Raises `ConversationNotFound` and `ConversationFull`, and `MovedOn`
    when something was said there since `spot` was found."""
    conversations = Conversations(unit)
    conversation = await _locked(conversations, ask, spot, now)
    messages = list(_messages(ask, spot.parent, conversation.id, now))
    if spot.conversation is not None:
        count = await conversations.count_messages(conversation.id)
        if count + len(messages) > CONVERSATION_MESSAGES:
            raise ConversationFull(conversation.id, CONVERSATION_MESSAGES)
    for message in messages:
        if not await conversations.add_message(message):
            message.external_id = None  # what it is called by is what was said there first
            await conversations.add_message(message)
    head_id = messages[-1].id
    await conversations.move_head(conversation.id, head_id, now)
    return Stored(conversation.id, head_id)


async def _conversation(conversations: Conversations, ask: Ask) -> Conversation | None:
    if ask.conversation_id is not None:
        found = await conversations.get(ask.conversation_id)
        if found is None:
            raise ConversationNotFound(ask.conversation_id)
        return found
    if ask.external_id is not None:
        return await conversations.by_external_id(ask.external_id)
    return None


async def _message(
    conversations: Conversations, conversation: Conversation | None, message_id: UUID | None
) -> ChatMessage | None:
    if message_id is None:
        return None
    found = await conversations.message(message_id)
    if found is None or conversation is None or found.conversation_id != conversation.id:
        raise MessageNotFound(message_id)
    return found


async def _locked(
    conversations: Conversations, ask: Ask, spot: Spot, now: datetime
) -> Conversation:
    if spot.conversation is None:
        made = _new(ask, now)
        if not await conversations.add(made):
            raise MovedOn
        return made
    found = await conversations.get(spot.conversation.id, lock=True)
    if found is None:
        raise ConversationNotFound(spot.conversation.id)
    if ask.parent is HEAD and found.head_id != spot.conversation.head_id:
        raise MovedOn
    return found


def _new(ask: Ask, now: datetime) -> Conversation:
    """Goes on as it began, unless it is changed."""
    return Conversation(
        id=new_id(),
        tenant_id=ask.tenant_id,
        external_id=ask.external_id,
        title=None,
        titled_by=None,
        template=ask.template or DEFAULT,
        system_text=None,
        model=ask.model,
        remember=ask.remember,
        head_id=None,
        created_at=now,
        updated_at=now,
    )


def _messages(
    ask: Ask, parent: ChatMessage | None, conversation_id: UUID, now: datetime
) -> Iterator[ChatMessage]:
    """What is said, each after the other, and the answer last."""
    parent_id = None if parent is None else parent.id
    depth = 0 if parent is None else parent.depth + 1
    for place, said in enumerate(_said(ask)):
        message = ChatMessage(
            **{
                "id": new_id(),
                "conversation_id": conversation_id,
                "parent_id": parent_id,
                "external_id": None,
                "depth": depth + place,
                "content": "",
                "reasoning": "",
                "tool_calls": [],
                "tool_call_id": None,
                "status": "complete",
                "model": None,
                "finish_reason": None,
                # lists go by it, and a moment is too short to tell them apart
                "created_at": now + timedelta(microseconds=place),
                **said,
            }
        )
        yield message
        parent_id = message.id


def _said(ask: Ask) -> Iterator[dict[str, Any]]:
    for result in ask.results:
        yield {"role": "tool", "content": result.content, "tool_call_id": result.tool_call_id}
    if ask.message is not None:
        yield {"role": "user", "content": ask.message, "external_id": ask.message_external_id}
    yield {"role": "assistant", "status": "generating"}
