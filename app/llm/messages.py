"""The neutral vocabulary: what is asked of a model, and what comes back, on any wire."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol
from uuid import UUID

from app.kit.frozen import frozen


class Task(StrEnum):
    """What a call is for: routing, chains, budgets and the ledger go by it. Speech isn't asked of
    language models, and has no chain."""

    BUYER_TURN = "buyer_turn"
    SELLER_TURN = "seller_turn"
    NARRATION = "narration"
    CHAT = "chat"
    ANALYSIS = "analysis"
    SUMMARY = "summary"
    EXTRACTION = "extraction"
    CODING = "coding"
    DATABASE = "database"
    EMBEDDING = "embedding"
    BENCHMARK = "benchmark"
    PROBE = "probe"
    SPEECH = "speech"
    TRANSCRIPTION = "transcription"

    @classmethod
    def of_models(cls) -> tuple["Task", ...]:
        return tuple(task for task in cls if task not in {cls.SPEECH, cls.TRANSCRIPTION})


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@frozen
class TextPart:
    text: str


@frozen
class ImagePart:
    """`url` is `https://…` or `data:image/png;base64,…`."""

    url: str


Part = TextPart | ImagePart


@frozen
class ToolCall:
    """What a model wants done; `arguments` is a JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


@frozen
class Message:
    """`content` is all of its text; `parts` has it in order with the images, where there are any.

    `tool_calls` are an assistant's; `tool_call_id` says which of them a tool's message answers.
    """

    role: Role
    content: str
    parts: tuple[Part, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@frozen
class Tool:
    """What a model may call; `parameters` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@frozen
class ToolChoice:
    """`mode` is `auto`, `none`, `required`, or `function` for the one called `name`."""

    mode: Literal["auto", "none", "required", "function"] = "auto"
    name: str = ""


@frozen
class Finding:
    """Something looked up for this call: what a memory or a document says, and where it is from.
    Already in the messages; kept apart for the built-in model, which can only quote."""

    source: str
    text: str


@frozen
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


@frozen
class OutputSchema:
    """Asks for one JSON object of this JSON Schema instead of prose."""

    name: str
    schema: dict[str, Any]


@frozen
class Turn:
    """Whose turn a call is made for. In a negotiation `seat_id` is the agent's and `round` the
    round's; in a conversation `message_id` is the answer's."""

    seat_id: UUID | None = None
    round: int | None = None
    message_id: UUID | None = None


@frozen
class CallContext:
    """Whom a call is for; goes to the ledger, the logs and traces, never to the model.

    `run_id` is the negotiation's run or the conversation's generation, `key_id` a fingerprint of
    the caller's key, where one was shown. `private` are amounts that an agent keeps to itself.
    """

    tenant_id: str
    run_id: UUID | None = None
    key_id: str | None = None
    conversation_id: UUID | None = None
    turn: Turn | None = None
    private: tuple[Decimal, ...] = ()


class Complexity(StrEnum):
    SIMPLE = "simple"
    COMPLEX = "complex"


class Order(StrEnum):
    """By what the router sorts models that suit: as listed, or the best of something first."""

    LISTED = "listed"
    COST = "cost"
    LATENCY = "latency"
    QUALITY = "quality"
    BALANCED = "balanced"


@frozen
class Wishes:
    """How the caller wants a call routed; whatever is None or empty is left to the profile.

    `models` are names as people write them, tried in order: `provider:model`, a bare id of the
    catalogue, `profile:NAME`, `auto`. `max_price` is USD per million tokens, prompt and answer
    each. `compress` names strategies. `beyond` allows a few more models, none dearer, when all
    that were to be asked are busy or away. `unhurried` is who comes again later: a model that is
    left alone since it failed again and again is then left alone, also where there is no other.
    """

    models: tuple[str, ...] = ()
    profile: str | None = None
    complexity: Complexity | None = None
    free_only: bool = False
    max_price: Decimal | None = None
    order: Order | None = None
    cache: bool | None = None
    compress: tuple[str, ...] | None = None
    beyond: bool = False
    unhurried: bool = False


NO_WISHES = Wishes()


class Elastic(Protocol):
    """Messages that can be made shorter by leaving out what matters least. Tokens are counted as
    `prompt_tokens` estimates them."""

    @property
    def least(self) -> int:
        """Tokens of what can't be left out."""
        ...

    def within(self, tokens: int) -> tuple[Message, ...]:
        """As much as fits; `tokens` are at least `least`. Takes a few milliseconds at most."""
        ...


Tokens = tuple[int, ...]
"""A text as the numbers of one vocabulary: no other model's, and no other wire's than OpenAI's."""


def pictures_in(messages: Iterable[Message]) -> int:
    return sum(isinstance(part, ImagePart) for message in messages for part in message.parts)


@frozen
class ModelRequest:
    """One call. Without `model` and without names in `wishes` the router takes the task's chain.

    `temperature` is 0 to 2, `max_tokens` counts output tokens; None leaves either to the vendor.
    `answers` is how many there are to be, each of up to `max_tokens`.
    With `inputs` it asks for the vectors of those texts, and `messages` is empty.

    `body` is the caller's own body in the OpenAI wire's form, our extra fields taken out. A model
    that speaks this wire gets it as it is, and answers in `WireChunk`s; for any other wire the
    rest of the fields says the same. What a layer changes in `messages` it changes in `body`.

    `elastic` makes `messages`, which are at their longest, fit a model that takes less. It doesn't
    go together with a `body`.
    """

    task: Task
    messages: tuple[Message, ...]
    context: CallContext
    model: ModelRef | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    output: OutputSchema | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    answers: int = 1
    wishes: Wishes = NO_WISHES
    findings: tuple[Finding, ...] = ()
    inputs: tuple[str | Tokens, ...] = ()
    body: Mapping[str, Any] | None = None
    elastic: Elastic | None = None

    @property
    def pictures(self) -> int:
        """How many are shown to the model."""
        return pictures_in(self.messages)

    @property
    def streamed(self) -> bool:
        """Whether a caller with a body of its own wants the answer as it comes."""
        return self.body is None or self.body.get("stream") is True


@frozen
class Usage:
    """Tokens as the provider counted them; `cost` in USD where the provider tells it.

    `characters` were spoken, `seconds` of sound transcribed, `pictures` shown. `cached_tokens` and
    `cache_write_tokens` are part of `prompt_tokens`, `reasoning_tokens` of
    `completion_tokens`, whatever the vendor's own way of counting is.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_tokens: int = 0
    cost: Decimal | None = None
    characters: int = 0
    seconds: float = 0.0
    pictures: int = 0


@frozen
class Attempt:
    """One try at one model. `error` is the code of what went wrong, None when it answered.

    `usage` is None when nothing was heard; with `estimated` it is our own guess. `counts` says
    that it tells how the model is: not one that was left alone, cancelled, or refused for what was
    asked of it. `generation_id` is by what name the provider can be asked what the answer cost,
    None where it can't be. With `passed_over` it is no try at all: the model stands here to tell
    why it wasn't asked.
    """

    model: ModelRef
    error: str | None
    message: str | None
    latency_ms: int
    first_token_ms: int | None = None
    usage: Usage | None = None
    estimated: bool = False
    counts: bool = True
    generation_id: str | None = None
    passed_over: bool = False

    @property
    def unsettled(self) -> bool:
        """Whether it can be found out what it cost, and wasn't told."""
        return self.generation_id is not None and (self.usage is None or self.estimated)


@frozen
class Completion:
    """A whole answer.

    `text` is what the model said. When an `OutputSchema` was asked for, `output` is the JSON text
    found for it (the message itself, a tool call's arguments, or the last fenced block), not yet
    validated; None when there was none. `attempts` lists every try, the successful one last.
    `cost` is for all of them, in USD; None when a price is unknown.
    """

    text: str
    output: str | None
    model: ModelRef
    usage: Usage
    finish_reason: str
    attempts: tuple[Attempt, ...] = field(default=())
    cost: Decimal | None = None
