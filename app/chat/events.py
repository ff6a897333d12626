"""What the log of a generation is made of, and how it stands on the wire.

The first event is `Started`, the last, and only the last, `Finished` or `Broke`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from app.kit import sse


class NoticeCode(StrEnum):
    """What a reader may want to know of how an answer came about.

    `WAITED`: a model asked to wait, and was asked again. `FALLBACK`: another model than the first
    choice answers. `CHEAPER`: one outside of the chain does, since all of that were busy.
    `COMPRESSED`: the context was made smaller for the model that answers. `CACHED_ANSWER`: nobody
    answers; what was said earlier to the same question is repeated. `MEMORY_UNAVAILABLE`: it is
    answered without what is remembered.
    """

    WAITED = "WAITED"
    FALLBACK = "FALLBACK"
    CHEAPER = "CHEAPER"
    COMPRESSED = "COMPRESSED"
    CACHED_ANSWER = "CACHED_ANSWER"
    MEMORY_UNAVAILABLE = "MEMORY_UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Started:
    """`model` is the first choice; a notice tells when another one answers."""

    type: ClassVar[str] = "start"
    conversation_id: UUID
    generation_id: UUID
    message_id: UUID
    model: str | None


@dataclass(frozen=True, slots=True)
class Said:
    type: ClassVar[str] = "content"
    content: str


@dataclass(frozen=True, slots=True)
class Thought:
    """Reasoning that a model tells apart from its answer."""

    type: ClassVar[str] = "reasoning"
    content: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A whole call; `arguments` is a JSON text as the model wrote it."""

    type: ClassVar[str] = "tool_call"
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Noticed:
    type: ClassVar[str] = "notice"
    code: NoticeCode
    message: str


@dataclass(frozen=True, slots=True)
class Counted:
    """As in the ledger. `cost_usd` is None where the price isn't known."""

    type: ClassVar[str] = "usage"
    prompt_tokens: int
    completion_tokens: int
    cost_usd: Decimal | None
    saved_tokens: int


@dataclass(frozen=True, slots=True)
class Finished:
    """`finish_reason` is `stop`, `length`, `content_filter`, `tool_calls` or `stopped`."""

    type: ClassVar[str] = "done"
    message_id: UUID
    finish_reason: str


@dataclass(frozen=True, slots=True)
class Broke:
    type: ClassVar[str] = "error"
    error_code: str
    message: str
    retryable: bool


ChatEvent = Started | Said | Thought | ToolCalled | Noticed | Counted | Finished | Broke

_BY_TYPE: dict[str, Callable[..., ChatEvent]] = {
    kind.type: kind
    for kind in (Started, Said, Thought, ToolCalled, Noticed, Counted, Finished, Broke)
}
_IDS = ("conversation_id", "generation_id", "message_id")


def terminal(event: ChatEvent) -> bool:
    return isinstance(event, Finished | Broke)


def payload(event: ChatEvent) -> dict[str, Any]:
    """As it is stored: JSON's types, but for ids and money, which the encoder knows."""
    return {name: getattr(event, name) for name in event.__slots__}


def load(kind: str, stored: dict[str, Any]) -> ChatEvent:
    """The inverse of `payload`, after it went through JSON."""
    values: dict[str, Any] = {k: UUID(v) if k in _IDS else v for k, v in stored.items()}
    if kind == Noticed.type:
        values["code"] = NoticeCode(values["code"])
    elif kind == Counted.type and values["cost_usd"] is not None:
        values["cost_usd"] = Decimal(str(values["cost_usd"]))
    return _BY_TYPE[kind](**values)


def frame(seq: int, event: ChatEvent) -> bytes:
    """One event on the wire: its id, its name, and one line of JSON."""
    return sse.encode(event.type, {"type": event.type, **payload(event)}, event_id=seq)
