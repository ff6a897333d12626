"""What the endpoints of contexts take and answer."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from app.chat.context.build import PartTokens
from app.chat.context.materials import Dropped, Fact, PartKind, Recall
from app.chat.context.optimizing import Optimized
from app.chat.context.showing import Shown
from app.chat.limits import MESSAGE_BYTES
from app.llm import Message, Role, ToolCall

_MOST_MESSAGES = 2000


class ToolCallView(BaseModel):
    """`arguments` is a JSON text as the model wrote it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    arguments: str


class MessageView(BaseModel):
    """A message as it is sent; `tool_calls` and `tool_call_id` only where there are any."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: list[ToolCallView] = []
    tool_call_id: str | None = None

    @classmethod
    def of(cls, message: Message) -> "MessageView":
        return cls(
            role=message.role.value,
            content=message.content,
            tool_calls=[ToolCallView.model_validate(call) for call in message.tool_calls],
            tool_call_id=message.tool_call_id,
        )

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        return {k: v for k, v in written.items() if v or k in ("role", "content")}


class TokensView(BaseModel):
    """Estimates of each part. What is to be answered counts among what is recent."""

    model_config = ConfigDict(from_attributes=True)

    system: int
    memories: int
    summary: int
    recent: int
    total: int

    @classmethod
    def of(cls, tokens: PartTokens) -> "TokensView":
        return cls.model_validate(tokens)


class FactView(BaseModel):
    """A memory that is sent."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    text: str = Field(examples=["Lives in Lyon."])
    source_message_id: UUID | None = Field(description="Where it was told, if that is still there.")
    why: str = Field(examples=["about your home; told 3 days ago"])

    @classmethod
    def of(cls, fact: Fact) -> "FactView":
        return cls.model_validate(fact)


class DroppedView(BaseModel):
    """Something that isn't sent."""

    model_config = ConfigDict(from_attributes=True)

    kind: PartKind
    id: UUID | None = Field(description="The memory's, or that of an exchange's first message.")
    why: str = Field(examples=["the summary tells of it"])
    tokens: int

    @classmethod
    def of(cls, dropped: Dropped) -> "DroppedView":
        return cls.model_validate(dropped)


class ContextView(BaseModel):
    """What the next call would be sent."""

    conversation_id: UUID
    model: str = Field(
        description="The one that would be asked first.", examples=["openrouter:openai/gpt-5-mini"]
    )
    context_window: int = Field(description="Tokens that it takes, its answer among them.")
    messages: list[MessageView]
    tokens: TokensView
    summary: str | None
    facts: list[FactView]
    dropped: list[DroppedView]
    recall: Recall = Field(
        description="How memories were looked for: by what the message means, by its words, or "
        "not at all: they aren't wanted, or couldn't be had."
    )

    @classmethod
    def of(cls, shown: Shown) -> "ContextView":
        context = shown.context
        return cls(
            conversation_id=shown.conversation_id,
            model=shown.model,
            context_window=shown.window,
            messages=[MessageView.of(message) for message in context.messages],
            tokens=TokensView.of(context.tokens),
            summary=context.summary,
            facts=[FactView.of(fact) for fact in context.facts],
            dropped=[DroppedView.of(dropped) for dropped in context.dropped],
            recall=shown.recall,
        )


def _bounded(text: str) -> str:
    size = len(text.encode())
    if size > MESSAGE_BYTES:
        raise ValueError(f"has {size} bytes; at most {MESSAGE_BYTES} are taken")
    return text


Text = Annotated[str, Field(strict=True), AfterValidator(_bounded)]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=200)]


class ToolCallIn(BaseModel):
    """`arguments` is a JSON text as the model wrote it."""

    id: Name
    name: Name
    arguments: Text


class MessageIn(BaseModel):
    """A message of a conversation that is held elsewhere."""

    role: Literal["system", "user", "assistant", "tool"]
    content: Text = Field("", examples=["My train leaves at 9:40."])
    tool_calls: list[ToolCallIn] = Field([], max_length=128)
    tool_call_id: Name | None = Field(None, description="Which call a tool's message answers.")

    def message(self) -> Message:
        calls = tuple(ToolCall(call.id, call.name, call.arguments) for call in self.tool_calls)
        return Message(
            Role(self.role), self.content, tool_calls=calls, tool_call_id=self.tool_call_id
        )


class OptimizeRequest(BaseModel):
    """A conversation that is stored here, or the messages of one that isn't."""

    conversation_id: UUID | None = Field(
        None,
        validation_alias=AliasChoices("conversation_id", "conversationId"),
        description="Also as `conversationId`.",
    )
    messages: list[MessageIn] | None = Field(None, min_length=1, max_length=_MOST_MESSAGES)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.conversation_id is None) == (self.messages is None):
            raise ValueError(
                "needs conversation_id or messages, not both, as in "
                '{"messages": [{"role": "user", "content": "Hello"}]}'
            )
        return self


class StrategyView(BaseModel):
    """`window` leaves out old exchanges that tell nothing, `summary` stands for the others,
    `memories` are put in, which costs; the rest takes out what nobody misses."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["summary"])
    saved_tokens: int


class OptimizedView(BaseModel):
    """The strategies' tokens add up to the difference."""

    messages: list[MessageView]
    tokens_before: int
    tokens_after: int = Field(description="Never more than before.")
    strategies: list[StrategyView]

    @classmethod
    def of(cls, optimized: Optimized) -> "OptimizedView":
        return cls(
            messages=[MessageView.of(message) for message in optimized.messages],
            tokens_before=optimized.tokens_before,
            tokens_after=optimized.tokens_after,
            strategies=[StrategyView.model_validate(each) for each in optimized.strategies],
        )
