"""`POST /v1/chat/completions`, as plain ASGI: this is the hot path of the service."""

from contextlib import aclosing

import structlog
from starlette.types import Receive, Scope, Send

from app.accounts import Tenants
from app.compat.openai.answer import DONE, Chunks, Whole, usage_object
from app.compat.openai.body import json_object
from app.compat.openai.caller import caller_of
from app.compat.openai.chat_request import chat_request
from app.compat.openai.errors import error_frame
from app.compat.openai.told import headers_of, send_json
from app.errors import AppError
from app.llm import (
    End,
    Failed,
    LLMClient,
    ModelRequest,
    OpenCall,
    Usage,
    UsageReport,
    WireChunk,
)
from app.web import CallerPresent, EventStreams, InternalError, LiveStream

log = structlog.get_logger()


class ChatCompletions:
    """`silence` is how many seconds a stream may be silent before it sends a comment."""

    def __init__(
        self, client: LLMClient, tenants: Tenants, streams: EventStreams, *, silence: float
    ) -> None:
        self._client = client
        self._tenants = tenants
        self._streams = streams
        self._silence = silence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = await caller_of(scope, self._tenants)
        body = await json_object(receive)
        request = chat_request(body, caller.context, cached=caller.wants_cache)
        with CallerPresent(receive) as presence:
            if request.streamed:
                await self._stream(request, send, presence)
            else:
                await self._whole(request, send)

    async def _whole(self, request: ModelRequest, send: Send) -> None:
        async with aclosing(await self._client.open(request)) as opened:
            body = await _whole_body(opened)
        await send_json(send, body, headers_of(opened))

    async def _stream(self, request: ModelRequest, send: Send, presence: CallerPresent) -> None:
        """Once the head is out, a failure can only be told in the stream itself; without `[DONE]`
        and by an error that every client raises, it is never taken for an answer's end."""
        live = LiveStream(send, self._streams, silence=self._silence)
        try:
            async with live:
                await self._relay(request, live, presence)
        except AppError as error:
            if not live.begun:
                raise
            log.log(error.level, "stream.broke_off", code=error.code, cause=error.message)
            await live.write(error_frame(error), last=True)
        except Exception:
            if live.begun:
                await live.write(error_frame(InternalError()))
            raise

    async def _relay(
        self, request: ModelRequest, live: LiveStream, presence: CallerPresent
    ) -> None:
        async with aclosing(await self._client.open(request)) as opened:
            await live.begin(headers_of(opened))
            chunks = Chunks(opened)
            reports_usage = _wants_usage(request)
            wired, counted = False, None
            async for event in opened:
                if type(event) is WireChunk:
                    if reports_usage and not wired:
                        chunks.follow(event.data)
                    wired = True
                    await live.write(event.data)
                elif type(event) is Failed:
                    raise event.error
                elif type(event) is UsageReport:
                    counted = event.told or usage_object(event.usage)
                elif type(event) is End:
                    closing = b"" if wired else chunks.finish(event.finish_reason)
                    told = counted or usage_object(_usage(opened))
                    usage = chunks.usage(told) if reports_usage else b""
                    presence.served()
                    await live.write(closing + usage + DONE, last=True)
                elif frames := chunks.of(event):
                    await live.write(frames)


async def _whole_body(opened: OpenCall) -> bytes:
    whole = Whole(opened)
    wired = b""
    for event in await opened.all():
        if type(event) is WireChunk:
            wired += event.data
        elif type(event) is Failed:
            raise event.error
        elif type(event) is End:
            return wired or whole.body(event.finish_reason, _usage(opened))
        else:
            whole.take(event)
    raise AssertionError("an answer has an end")


def _wants_usage(request: ModelRequest) -> bool:
    options = (request.body or {}).get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def _usage(opened: OpenCall) -> Usage:
    """As the ledger has it: the provider's count, else our guess."""
    return opened.entry.usage if opened.entry else Usage()
