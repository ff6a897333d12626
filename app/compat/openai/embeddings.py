"""`POST /v1/embeddings`, as plain ASGI."""

from array import array
from base64 import b64encode
from contextlib import aclosing
from sys import byteorder

from starlette.types import Receive, Scope, Send

from app.accounts import Tenants
from app.compat.openai.body import json_object
from app.compat.openai.caller import caller_of
from app.compat.openai.chat_request import wishes, without_ours
from app.compat.openai.request_fields import Body, FieldInvalid, word_of, wrong
from app.compat.openai.told import headers_of, send_json
from app.kit import json
from app.llm import (
    CallContext,
    Failed,
    LLMClient,
    ModelRequest,
    OpenCall,
    Task,
    Tokens,
    Usage,
    Vectors,
    WireChunk,
)
from app.web import CallerPresent

_MOST_INPUTS = 2048


class Embeddings:
    def __init__(self, client: LLMClient, tenants: Tenants) -> None:
        self._client = client
        self._tenants = tenants

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = await caller_of(scope, self._tenants)
        body = await json_object(receive)
        request = embedding_request(body, caller.context)
        with CallerPresent(receive):
            async with aclosing(await self._client.open(request)) as opened:
                answer = await _answer(opened, packed=body.get("encoding_format") == "base64")
            await send_json(send, answer, headers_of(opened))


def embedding_request(body: Body, context: CallContext) -> ModelRequest:
    """Raises `FieldInvalid`."""
    word_of(body, "encoding_format", ("float", "base64"))
    return ModelRequest(
        task=Task.EMBEDDING,
        messages=(),
        context=context,
        wishes=wishes(body),
        inputs=_inputs(body.get("input")),
        body=without_ours(body),
    )


def _inputs(value: object) -> tuple[str | Tokens, ...]:
    """One text or list of tokens, or a list of either: all that OpenAI's own endpoint takes."""
    if value is None:
        raise FieldInvalid("input", 'is required, as in "Hello"')
    listed = [value] if isinstance(value, str) or _is_tokens(value) else value
    if not isinstance(listed, list) or not 0 < len(listed) <= _MOST_INPUTS:
        raise wrong("input", value, f"a text, or a list of 1 to {_MOST_INPUTS} texts")
    return tuple(_input(each) for each in listed)


def _input(value: object) -> str | Tokens:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and _is_tokens(value):
        return tuple(value)
    raise wrong("input", value, "a text, or a list of the numbers of its tokens")


def _is_tokens(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(type(each) is int for each in value)


async def _answer(opened: OpenCall, *, packed: bool) -> bytes:
    wired, vectors = b"", Vectors(())
    async for event in opened:
        match event:
            case WireChunk(data):
                wired += data
            case Vectors():
                vectors = event
            case Failed(error):
                raise error
            case _:
                pass
    return wired or _body(opened, vectors, packed=packed)


def _body(opened: OpenCall, found: Vectors, *, packed: bool) -> bytes:
    rows = enumerate(found.vectors)
    usage = opened.entry.usage if opened.entry else Usage()
    return json.dumps(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": i, "embedding": _pack(row) if packed else row}
                for i, row in rows
            ],
            "model": opened.call.used.model if opened.call.used else "",
            "usage": {"prompt_tokens": usage.prompt_tokens, "total_tokens": usage.prompt_tokens},
        }
    )


def _pack(vector: tuple[float, ...]) -> str:
    """32-bit floats, little-endian, in base64: how OpenAI's own client asks for vectors."""
    floats = array("f", vector)
    if byteorder == "big":
        floats.byteswap()
    return b64encode(floats.tobytes()).decode()
