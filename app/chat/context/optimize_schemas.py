"""What optimising takes and answers."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, model_validator

from app.chat.context.optimizing import Optimized
from app.chat.context.schemas import MessageView
from app.chat.limits import MESSAGE_BYTES
from app.llm import Message, Role, ToolCall

_MOST_MESSAGES = 2000


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
