"""What the endpoint of contexts answers."""

from typing import Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from app.chat.context.build import PartTokens
from app.chat.context.materials import Dropped, Fact, PartKind, Recall
from app.chat.context.showing import Shown
from app.llm import Message


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
