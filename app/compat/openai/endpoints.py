"""The OpenAI wire over HTTP. Calls to models are served raw; what stands here describes them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.compat.openai.door import OpenAIDoor
from app.compat.openai.schemas import (
    ChatCompletion,
    ChatCompletionRequest,
    EmbeddingList,
    EmbeddingRequest,
    ListedModel,
    ModelList,
    OpenAIError,
)
from app.web import Router, served_by

_FAILS: dict[int | str, dict[str, Any]] = {
    "default": {"model": OpenAIError, "description": "Any other error."},
}
_REFUSES: dict[int | str, dict[str, Any]] = {
    400: {"model": OpenAIError, "description": "The request holds something unusable."},
    **_FAILS,
}
_STREAM = {
    "text/event-stream": {
        "schema": {
            "type": "string",
            "description": "With `stream: true`: frames of `chat.completion.chunk`, then `[DONE]`. "
            "A stream that fails ends with an error object instead.",
        }
    }
}

TenantHeader = Annotated[
    str | None,
    Header(
        alias="X-Tenant-Id",
        description="To whom the call belongs; a new name makes a new tenant.",
        examples=["team-blue"],
    ),
]
CacheHeader = Annotated[
    str | None,
    Header(
        alias="X-Parley-Cache",
        description="With `use`, an answer that was given before will do.",
        examples=["use"],
    ),
]

router = Router(prefix="/v1", tags=["OpenAI wire"])

_SERVED_RAW = "the framework only reads its signature: reading and checking bodies costs too much"
"""Why the two functions that describe calls to models are never called."""


def _raw(part: Callable[[OpenAIDoor], ASGIApp]) -> ASGIApp:
    """The part of the door that the lifespan opened."""

    def serve(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return part(scope["state"]["openai"])(scope, receive, send)

    return serve


async def _create_chat_completion(
    body: ChatCompletionRequest,
    tenant: TenantHeader = None,
    cache: CacheHeader = None,
) -> ChatCompletion:
    """Any OpenAI client's call, routed to the model that it names.

    The headers of the answer tell which model gave it (`x-parley-model`), after how many tries
    (`x-parley-attempts`), whether it was stored (`x-parley-cache`), and what it cost in USD
    (`x-parley-cost`, where that is known before the answer begins).
    """
    raise NotImplementedError(_SERVED_RAW)


async def _create_embeddings(body: EmbeddingRequest, tenant: TenantHeader = None) -> EmbeddingList:
    """The same headers as a chat completion's tell where the vectors are from."""
    raise NotImplementedError(_SERVED_RAW)


router.add_api_route(
    "/chat/completions",
    _create_chat_completion,
    methods=["POST"],
    summary="Ask a model",
    responses={200: {"content": _STREAM}, **_REFUSES},
    route_class_override=served_by(_raw(lambda door: door.chat)),
)
router.add_api_route(
    "/embeddings",
    _create_embeddings,
    methods=["POST"],
    summary="Turn texts into vectors",
    responses=_REFUSES,
    route_class_override=served_by(_raw(lambda door: door.embeddings)),
)


async def _door(request: Request) -> OpenAIDoor:
    found: OpenAIDoor = request.state.openai
    return found


DoorOf = Annotated[OpenAIDoor, Depends(_door)]


@router.get("/models", summary="Which names may a request give as its model?", responses=_FAILS)
async def list_models(door: DoorOf) -> ModelList:
    """`auto`, the profiles, and the models of every configured provider."""
    return ModelList(data=door.listing.models())


@router.get("/models/{name:path}", summary="Is there a model of this name?", responses=_REFUSES)
async def get_model(name: str, door: DoorOf) -> ListedModel:
    """Names may hold slashes and colons."""
    return door.listing.model(name)
