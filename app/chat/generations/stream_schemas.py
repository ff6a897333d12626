"""The events of an answer's stream, for the API description: what stands in each `data:` line."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from app.chat.events import NoticeCode
from app.web import event_stream


class StartEvent(BaseModel):
    """The first event. `model` is the first choice; a notice tells when another one answers."""

    type: Literal["start"]
    conversation_id: UUID
    generation_id: UUID
    message_id: UUID
    model: str | None


class ContentEvent(BaseModel):
    """A piece of the answer's text."""

    type: Literal["content"]
    content: str


class ReasoningEvent(BaseModel):
    """A piece of what the model thinks before it answers, where it tells that apart."""

    type: Literal["reasoning"]
    content: str


class ToolCallEvent(BaseModel):
    """A whole call; `arguments` is a JSON text as the model wrote it."""

    type: Literal["tool_call"]
    id: str
    name: str
    arguments: str


class AnswerNoticeEvent(BaseModel):
    """How the answer came about, where that isn't the usual way."""

    type: Literal["notice"]
    code: NoticeCode
    message: str


class UsageEvent(BaseModel):
    """As in the ledger; `cost_usd` is null where the price isn't known."""

    type: Literal["usage"]
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    saved_tokens: int


class DoneEvent(BaseModel):
    """The last event of an answer that is complete, or was stopped."""

    type: Literal["done"]
    message_id: UUID
    finish_reason: str = Field(
        description="`stop`, `length`, `content_filter`, `tool_calls` or `stopped`."
    )


class AnswerErrorEvent(BaseModel):
    """The last event of an answer that broke off; what was said is kept."""

    type: Literal["error"]
    error_code: str
    message: str
    retryable: bool


AnswerEvent = Annotated[
    StartEvent
    | ContentEvent
    | ReasoningEvent
    | ToolCallEvent
    | AnswerNoticeEvent
    | UsageEvent
    | DoneEvent
    | AnswerErrorEvent,
    Field(discriminator="type"),
]

ANSWER_EVENT: TypeAdapter[AnswerEvent] = TypeAdapter(AnswerEvent)

_EXAMPLE = """retry: 1000
id: 1
event: start
data: {"type":"start","conversation_id":"…","generation_id":"…","message_id":"…","model":"…"}

id: 2
event: content
data: {"type":"content","content":"Hello"}

id: 3
event: usage
data: {"type":"usage","prompt_tokens":12,"completion_tokens":1,"cost_usd":0.0001,"saved_tokens":0}

id: 4
event: done
data: {"type":"done","message_id":"…","finish_reason":"stop"}
"""

STREAM_RESPONSES = event_stream(
    ANSWER_EVENT,
    name="AnswerEvent",
    description="Server-sent events. Each `data:` line is one JSON object, an `AnswerEvent`, whose "
    "`type` is the event's name; its `id` is its place in the answer's log.",
    example=_EXAMPLE,
)
