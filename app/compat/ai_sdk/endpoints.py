"""The AI SDK's UI message stream over HTTP: what its `DefaultChatTransport` calls."""

from typing import Any

from fastapi import Response, status

from app.accounts import TenantId
from app.compat.ai_sdk.dependencies import ChatOf, Door, Generation, KeyID
from app.compat.ai_sdk.door import AiSdkDoor, Answering
from app.compat.ai_sdk.encoder import farewell
from app.compat.ai_sdk.errors import ERROR_CODE
from app.compat.ai_sdk.schemas import ChatRequest
from app.web import EventStreams, LiveResponse, Router, Streams

_CLOSING = "the server is closing; load the page again to go on with this answer"
_HEADERS = {
    "x-parley-generation": {
        "description": "The answer's id, by which it can be stopped.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "x-vercel-ai-ui-message-stream": {"schema": {"type": "string", "const": "v1"}},
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The AI SDK's UI message stream. It ends with `finish`, `abort` or `error`, "
        "then `[DONE]`.",
        "headers": _HEADERS,
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
_ERROR = {
    "headers": {ERROR_CODE: {"description": "For programs.", "schema": {"type": "string"}}},
    "content": {"text/plain": {"schema": {"type": "string"}}},
}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The request holds something unusable; the text says what.", **_ERROR},
    "default": {"description": "Any other error, in a sentence.", **_ERROR},
}
_MISSING: dict[int | str, dict[str, Any]] = {
    404: {"description": "The answer that is named isn't one of this chat.", **_ERROR}
}
_ACTIVE: dict[int | str, dict[str, Any]] = {
    409: {"description": "An answer is being made in this chat.", **_ERROR}
}

router = Router(prefix="/api/ai-sdk", tags=["AI SDK"])


@router.post(
    "/chat",
    response_class=Response,
    responses={**_STREAM, **_ACTIVE, **_REFUSALS},
)
async def answer(
    door: Door, streams: Streams, tenant_id: TenantId, key_id: KeyID, body: ChatRequest
) -> Response:
    """Answer the last message of a chat, as the AI SDK's `useChat` asks for it. The answer is made
    to its end, whether the page waits for it or not, unless it is stopped."""
    return _live(door, streams, await door.begin(tenant_id, body, key_id))


@router.get(
    "/chat/{chat:path}/stream",
    response_class=Response,
    responses={
        **_STREAM,
        204: {"description": "Nothing is being answered here."},
        **_MISSING,
        **_REFUSALS,
    },
)
async def resume(
    door: Door, streams: Streams, tenant_id: TenantId, chat: ChatOf, generation: Generation = None
) -> Response:
    """The answer that is being made in a chat, from its first event. A page that was cut off from
    an answer may name it, and gets it also when it has ended meanwhile."""
    if generation is not None:
        return _live(door, streams, await door.made(tenant_id, chat, generation))
    answering = await door.running(tenant_id, chat)
    if answering is None:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return _live(door, streams, answering)


def _live(door: AiSdkDoor, streams: EventStreams, answering: Answering) -> LiveResponse:
    headers = {
        "x-vercel-ai-ui-message-stream": "v1",
        "x-parley-generation": str(answering.generation_id),
    }
    frames = door.frames(answering)
    return LiveResponse(streams, frames, headers=headers, farewell=farewell(_CLOSING))
