"""What is shown of conversations."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.feedback.models import Feedback
from app.chat.generations.models import Generation


@dataclass(frozen=True, slots=True)
class Hit:
    """The newest message in which all that was looked for was said, and some words around it."""

    message_id: UUID
    snippet: str


@dataclass(frozen=True, slots=True)
class Found:
    """`generation_id` is of the answer that is being made; `hit` is None where the title alone was
    found, or nothing was looked for."""

    conversation: Conversation
    generation_id: UUID | None
    hit: Hit | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """`total` of all pages."""

    found: Sequence[Found]
    total: int


@dataclass(frozen=True, slots=True)
class Overview:
    """One conversation; `messages` is how many there are in all branches."""

    conversation: Conversation
    generation_id: UUID | None
    messages: int


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """`siblings` are the messages with the same parent, this one too, oldest first; None where they
    weren't asked for."""

    message: ChatMessage
    siblings: Sequence[UUID] | None
    generation: Generation | None
    feedback: Feedback | None


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """`total` of all pages; `start` messages come before this one."""

    messages: Sequence[ShownMessage]
    total: int
    start: int
