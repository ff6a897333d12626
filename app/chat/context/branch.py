"""What the database has of a conversation, as far as it leads to one message."""

from collections.abc import Sequence
from uuid import UUID

from app.chat.context.exchange import Said
from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.errors import ConversationNotFound
from app.chat.memory.models import Summary
from app.chat.memory.summaries import Summaries
from app.db import UnitOfWork
from app.kit.frozen import frozen
from app.llm import Message, Role, ToolCall

LOOKED_THROUGH = 500
"""Messages at the end of a branch. What is older, and no summary tells of, is forgotten."""


@frozen
class Branch:
    """The newest messages, and the summary that reaches farthest into them. `whole` tells that
    nothing was said before them."""

    conversation: Conversation | None = None
    said: tuple[Said, ...] = ()
    summary: Summary | None = None
    whole: bool = True

    @property
    def told(self) -> int:
        """How many of the messages, from the first on, the summary tells of."""
        if self.summary is None:
            return 0
        ids = [each.id for each in self.said]
        return ids.index(self.summary.message_id) + 1


async def read_branch(
    unit: UnitOfWork, conversation_id: UUID, head_id: UUID | None, at_first: int
) -> Branch:
    """The branch that ends with `head_id`; without one, nothing was said on it yet. The newest
    `at_first` messages have to do where a summary reaches into them. Raises
    `ConversationNotFound`."""
    conversation = await _conversation(unit, conversation_id)
    branch = await _read(unit, conversation, head_id, at_first)
    if branch.whole or branch.summary is not None or at_first >= LOOKED_THROUGH:
        return branch
    return await _read(unit, conversation, head_id, LOOKED_THROUGH)


async def read_shown_branch(
    unit: UnitOfWork, conversation_id: UUID, limit: int = LOOKED_THROUGH
) -> Branch:
    """The one that goes on where nothing else is said. Raises `ConversationNotFound`."""
    conversation = await _conversation(unit, conversation_id)
    return await _read(unit, conversation, conversation.head_id, limit)


async def _conversation(unit: UnitOfWork, conversation_id: UUID) -> Conversation:
    found = await Conversations(unit).get(conversation_id)
    if found is None:
        raise ConversationNotFound(conversation_id)
    return found


async def _read(
    unit: UnitOfWork, conversation: Conversation, head_id: UUID | None, limit: int
) -> Branch:
    if head_id is None:
        return Branch(conversation)
    rows = await Conversations(unit).branch(head_id, limit)
    said = tuple(_said(row) for row in rows if row.conversation_id == conversation.id)
    ids = [row.id for row in rows]
    summary = await Summaries(unit).farthest(conversation.id, ids)
    return Branch(conversation, said, summary, whole=len(rows) < limit)


def _said(row: ChatMessage) -> Said:
    calls = tuple(ToolCall(call["id"], call["name"], call["arguments"]) for call in row.tool_calls)
    message = Message(Role(row.role), row.content, tool_calls=calls, tool_call_id=row.tool_call_id)
    return Said(message, row.id)


def said_now(results: Sequence[Message], question: str | None) -> tuple[Said, ...]:
    """What comes after the branch, and isn't stored yet."""
    asked = () if question is None else (Said(Message(Role.USER, question)),)
    return (*map(Said, results), *asked)
