"""Turns over HTTP: each answers with the stream of its generation."""

from fastapi import Response

from app.accounts import TenantId
from app.chat.dependencies import InChat, MessageID
from app.chat.errors import (
    ConversationFull,
    ConversationNotFound,
    GenerationActive,
    MessageNotFound,
    MessageTooLong,
)
from app.chat.generations.framing import frames
from app.chat.generations.stream_schemas import STREAM_RESPONSES
from app.chat.opening import Chat
from app.chat.turns.ask import Began
from app.chat.turns.errors import MovedOn, TooManyGenerations
from app.chat.turns.schemas import EditRequest, TurnOptions, TurnRequest
from app.errors import InvalidInput
from app.web import EventStreams, LiveResponse, Router, Streams, problems

router = Router(prefix="/api/chat", tags=["Chat"])

GENERATION_HEADER = "x-parley-generation"

_RESPONSES = {
    **STREAM_RESPONSES,
    **problems(
        InvalidInput,
        ConversationNotFound,
        MessageNotFound,
        GenerationActive,
        MovedOn,
        MessageTooLong,
        ConversationFull,
        TooManyGenerations,
    ),
}


@router.post("/stream", response_class=Response, responses=_RESPONSES)
async def say(chat: InChat, streams: Streams, tenant_id: TenantId, body: TurnRequest) -> Response:
    """Say something and hear the answer, as server-sent events. The answer is made to its end
    whether it is listened to or not; header `x-parley-generation` has its id."""
    ask = body.ask(tenant_id, conversation_id=body.conversation_id, message=body.message)
    return _stream(chat, streams, tenant_id, await chat.turns.begin(ask))


@router.post("/messages/{message_id}/edit", response_class=Response, responses=_RESPONSES)
async def edit(
    chat: InChat, streams: Streams, tenant_id: TenantId, message_id: MessageID, body: EditRequest
) -> Response:
    """Put a question otherwise, and hear the answer. What was said before stays, on a branch of its
    own; the conversation goes on with the new one."""
    began = await chat.turns.edit(message_id, body.ask(tenant_id, message=body.message))
    return _stream(chat, streams, tenant_id, began)


@router.post("/messages/{message_id}/regenerate", response_class=Response, responses=_RESPONSES)
async def regenerate(
    chat: InChat,
    streams: Streams,
    tenant_id: TenantId,
    message_id: MessageID,
    body: TurnOptions | None = None,
) -> Response:
    """Hear another answer to the same question; `message_id` is that of the answer, or of the
    question. The first answer stays, on a branch of its own."""
    options = body or TurnOptions()
    began = await chat.turns.regenerate(message_id, options.ask(tenant_id))
    return _stream(chat, streams, tenant_id, began)


def _stream(chat: Chat, streams: EventStreams, tenant_id: str, began: Began) -> Response:
    news = chat.generations.follow(tenant_id, began.generation_id)
    headers = {GENERATION_HEADER: str(began.generation_id)}
    return LiveResponse(streams, frames(news), headers=headers)
