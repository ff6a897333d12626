"""Conversations: what is said in them, how answers are made and streamed, what is remembered."""

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.conversations.repository import Conversations
from app.chat.errors import GenerationActive, GenerationNotFound, MessageTooLong
from app.chat.events import (
    Broke,
    ChatEvent,
    Counted,
    Finished,
    NoticeCode,
    Noticed,
    Said,
    Started,
    Thought,
    ToolCalled,
    terminal,
)
from app.chat.limits import CONVERSATION_MESSAGES, EXTERNAL_ID_LENGTH, MESSAGE_BYTES
from app.chat.opening import Chat, ChatOptions, open_chat
from app.chat.tasks import tasks
from app.chat.turns.ask import HEAD, Ask, Parent, ToolResult
from app.chat.turns.schemas import TurnOptions

__all__ = [
    "CONVERSATION_MESSAGES",
    "EXTERNAL_ID_LENGTH",
    "HEAD",
    "MESSAGE_BYTES",
    "Ask",
    "Broke",
    "Chat",
    "ChatEvent",
    "ChatMessage",
    "ChatOptions",
    "Conversation",
    "Conversations",
    "Counted",
    "Finished",
    "GenerationActive",
    "GenerationNotFound",
    "MessageTooLong",
    "NoticeCode",
    "Noticed",
    "Parent",
    "Said",
    "Started",
    "Thought",
    "ToolCalled",
    "ToolResult",
    "TurnOptions",
    "open_chat",
    "tasks",
    "terminal",
]
