"""A generation over HTTP: followed from any place, and stopped."""

from fastapi import Response

from app.accounts import TenantId
from app.chat.dependencies import After, GenerationID, InChat
from app.chat.errors import GenerationNotFound
from app.chat.generations.framing import frames
from app.chat.generations.schemas import GenerationState
from app.chat.generations.stream_schemas import STREAM_RESPONSES
from app.web import LiveResponse, Router, Streams, problems

router = Router(prefix="/api/chat", tags=["Chat"])


@router.get(
    "/{generation_id}/stream",
    response_class=Response,
    responses={**STREAM_RESPONSES, **problems(GenerationNotFound)},
)
async def follow(
    chat: InChat,
    streams: Streams,
    tenant_id: TenantId,
    generation_id: GenerationID,
    after: After,
) -> Response:
    """Follow an answer, as server-sent events: while it is made, or later; from the first event, or
    after `Last-Event-ID`."""
    await chat.generations.find(tenant_id, generation_id)
    news = chat.generations.follow(tenant_id, generation_id, after)
    return LiveResponse(streams, frames(news))


@router.post(
    "/{generation_id}/stop",
    response_model=GenerationState,
    responses=problems(GenerationNotFound),
)
async def stop(chat: InChat, tenant_id: TenantId, generation_id: GenerationID) -> GenerationState:
    """Stop an answer, wherever it is made. What was said so far is kept."""
    return GenerationState.of(await chat.generations.stop(tenant_id, generation_id))
