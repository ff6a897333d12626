"""The neutral vocabulary: what is asked of a model, and what comes back, on any wire."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class Task(StrEnum):
    """What a call is for: routing, chains, budgets and the ledger go by it."""

    BUYER_TURN = "buyer_turn"
    SELLER_TURN = "seller_turn"
    NARRATION = "narration"
    SUMMARY = "summary"
    PROBE = "probe"


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model at a provider, written `provider:model`; model ids may hold colons themselves."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"

    @classmethod
    def parse(cls, text: str) -> "ModelRef":
        """Splits at the first colon. Raises `ValueError` when either half is missing."""
        provider, colon, model = text.strip().partition(":")
        if not (provider and colon and model):
            raise ValueError(f"'{text}' is not provider:model, as in openrouter:openai/gpt-5")
        return cls(provider, model)


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """Asks for one JSON object of this JSON Schema instead of prose."""

    name: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallContext:
    """Whom a call is for; goes to the ledger and the logs, never to the model."""

    tenant_id: str
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call. Without `model` the router takes the task's own chain.

    `temperature` is 0 to 2, `max_tokens` counts output tokens; None leaves either to the vendor.
    """

    task: Task
    messages: tuple[Message, ...]
    context: CallContext
    model: ModelRef | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    output: OutputSchema | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; `cost` in USD where the provider tells it."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one model. `error` is the code of what went wrong, None when it answered."""

    model: ModelRef
    error: str | None
    message: str | None
    latency_ms: int
    first_token_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer.

    `text` is what the model said. When an `OutputSchema` was asked for, `output` is the JSON text
    found for it (the message itself, a tool call's arguments, or the last fenced block), not yet
    validated; None when there was none. `attempts` lists every try, the successful one last.
    """

    text: str
    output: str | None
    model: ModelRef
    usage: Usage
    finish_reason: str
    attempts: tuple[Attempt, ...] = field(default=())
