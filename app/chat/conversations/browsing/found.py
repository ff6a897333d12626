"""What is shown of conversations."""

from collections.abc import Sequence
from uuid import UUID

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.feedback.models import Feedback
from app.chat.generations.models import Generation
from app.kit.frozen import frozen


@frozen
class Hit:
    """The newest message in which all that was looked for was said, and some words around it."""

    message_id: UUID
    snippet: str


@frozen
class Found:
    """`generation_id` is of the answer that is being made; `hit` is None where the title alone was
    found, or nothing was looked for."""

    conversation: Conversation
    generation_id: UUID | None
    hit: Hit | None


@frozen
class FoundPage:
    """`total` of all pages."""

    found: Sequence[Found]
    total: int


@frozen
class Overview:
    """One conversation; `messages` is how many there are in all branches."""

    conversation: Conversation
    generation_id: UUID | None
    messages: int


@frozen
class ShownMessage:
    """`siblings` are the messages with the same parent, this one too, oldest first; None where they
    weren't asked for."""

    message: ChatMessage
    siblings: Sequence[UUID] | None
    generation: Generation | None
    feedback: Feedback | None


@frozen
class MessagesPage:
    """`total` of all pages; `start` messages come before this one."""

    messages: Sequence[ShownMessage]
    total: int
    start: int
