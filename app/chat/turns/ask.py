"""What a turn is asked for, and what is known of it once it began."""

from dataclasses import field
from enum import Enum
from typing import Literal
from uuid import UUID

from app.kit.frozen import frozen
from app.llm import Tool


class Place(Enum):
    HEAD = "head"


HEAD = Place.HEAD
"""After the last message of the branch that is shown."""

Parent = UUID | None | Literal[Place.HEAD]


@frozen
class ToolResult:
    """What came of a call of a tool, as the model is to read it."""

    tool_call_id: str
    content: str


@frozen
class Ask:
    """One turn of a conversation; of a new one where `conversation_id` is None, which other
    programs call `external_id`.

    `parent` is the message that the turn follows: None begins at the root, and a message that was
    followed already gets a branch. Without `message` and `results` the parent is answered again.
    `results` are those of tools that the parent called.

    What is None is left to the conversation: `template`, `model` (a name as people write it). With
    `temperature` 0 to 2, `max_tokens` of the answer. `key_id` is a fingerprint of the caller's key.
    """

    tenant_id: str
    conversation_id: UUID | None = None
    message: str | None = None
    parent: Parent = HEAD
    template: str | None = None
    model: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    remember: bool = True
    tools: tuple[Tool, ...] = ()
    results: tuple[ToolResult, ...] = field(default=())
    external_id: str | None = None
    message_external_id: str | None = None
    key_id: str | None = None


@frozen
class Began:
    """`message_id` is that of the answer."""

    conversation_id: UUID
    generation_id: UUID
    message_id: UUID
