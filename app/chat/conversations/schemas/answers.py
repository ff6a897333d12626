"""What is told of conversations and their messages."""

from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.chat.conversations.browsing.found import (
    Found,
    FoundPage,
    MessagesPage,
    Overview,
    ShownMessage,
)
from app.chat.events import NoticeCode
from app.chat.fields import Usd
from app.web import Timestamp

_GENERATION = "The answer that is being made: follow it by `GET /api/chat/{generation_id}/stream`."


class ConversationView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    external_id: str | None = Field(description="What another program calls it.")
    title: str | None = Field(description="Null until something was answered.")
    titled_by: Literal["parley", "owner"] | None = Field(
        description="Whether the title was made from what was said, or given."
    )
    template: str
    model: str | None = Field(description="Who is to answer; null: the chain for chats.")
    remember: bool
    head_id: UUID | None = Field(description="The last message of the branch that is shown.")
    created_at: Timestamp
    updated_at: Timestamp = Field(description="When something was last said or changed.")


class HitView(BaseModel):
    """The newest message in which what was looked for was said."""

    model_config = ConfigDict(from_attributes=True)

    message_id: UUID
    snippet: str = Field(description="Some words around it, as plain text.")


class FoundConversation(ConversationView):
    generation_id: UUID | None = Field(description=_GENERATION)
    hit: HitView | None = Field(
        description="Null when nothing was looked for, or the title alone has it."
    )

    @classmethod
    def of(cls, found: Found) -> Self:
        view = ConversationView.model_validate(found.conversation)
        hit = HitView.model_validate(found.hit) if found.hit else None
        return cls(**dict(view), generation_id=found.generation_id, hit=hit)


class ConversationsPage(BaseModel):
    """The one that changed last comes first."""

    conversations: list[FoundConversation]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int

    @classmethod
    def of(cls, page: FoundPage, *, limit: int, offset: int) -> Self:
        found = [FoundConversation.of(each) for each in page.found]
        return cls(conversations=found, total=page.total, limit=limit, offset=offset)


class ExportedConversation(ConversationView):
    system_text: str | None = Field(description="Its owner's words to the model.")


class ConversationDetail(ExportedConversation):
    messages: int = Field(description="How many there are, in all branches.")
    generation_id: UUID | None = Field(description=_GENERATION)

    @classmethod
    def of(cls, overview: Overview) -> Self:
        return cls(
            **dict(ExportedConversation.model_validate(overview.conversation)),
            messages=overview.messages,
            generation_id=overview.generation_id,
        )


class UsageView(BaseModel):
    """Null where it isn't known yet, or never will be."""

    model_config = ConfigDict(from_attributes=True)

    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: Usd | None
    saved_tokens: int = Field(
        description="By how much the prompt was shorter than the whole conversation."
    )


class FeedbackView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    thumb: Literal["up", "down"] | None
    rating: int | None = Field(description="1 to 5.")
    text: str | None


class MessageView(BaseModel):
    """`content` is empty while the message is being generated: what was said so far is in the
    stream of its generation."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    parent_id: UUID | None = Field(description="What it follows; null at the beginning.")
    external_id: str | None
    role: Literal["user", "assistant", "tool"]
    content: str
    reasoning: str
    tool_calls: list[dict[str, Any]] = Field(description="`{id, name, arguments}` each.")
    tool_call_id: str | None = Field(description="Which call it answers.")
    status: Literal["complete", "generating", "stopped", "failed"]
    model: str | None = Field(description="Who said it.")
    finish_reason: str | None
    created_at: Timestamp


class ShownMessageView(MessageView):
    siblings: list[UUID] | None = Field(
        description="All messages with the same parent, this one too, the oldest first: it is the "
        "second of three branches when it is the second of three here. Null with `all=true`."
    )
    generation_id: UUID | None = Field(
        description="Of an answer: its stream is `GET /api/chat/{generation_id}/stream`."
    )
    error_code: str | None = Field(description="Why an answer failed.")
    notices: list[NoticeCode] = Field(description="How an answer came about, in order.")
    usage: UsageView | None = Field(description="Of an answer.")
    feedback: FeedbackView | None

    @classmethod
    def of(cls, shown: ShownMessage) -> Self:
        generation = shown.generation
        return cls(
            **dict(MessageView.model_validate(shown.message)),
            siblings=None if shown.siblings is None else list(shown.siblings),
            generation_id=generation.id if generation else None,
            error_code=generation.error_code if generation else None,
            notices=[NoticeCode(code) for code in generation.notices] if generation else [],
            usage=UsageView.model_validate(generation) if generation else None,
            feedback=FeedbackView.model_validate(shown.feedback) if shown.feedback else None,
        )


class MessagesView(BaseModel):
    """In the order they were said."""

    messages: list[ShownMessageView]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int = Field(description="How many come before this page.")

    @classmethod
    def of(cls, page: MessagesPage, *, limit: int) -> Self:
        messages = [ShownMessageView.of(each) for each in page.messages]
        return cls(messages=messages, total=page.total, limit=limit, offset=page.start)


class ConversationDeleted(BaseModel):
    id: UUID
    deleted: bool = True
