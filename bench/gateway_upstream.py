"""An OpenAI-format vendor of the least possible cost, for measuring what stands in front of it.

    python -m bench.gateway_upstream

Answers at once, or with 64 chunks, 5 ms apart, where the request asks for a stream.
"""

import asyncio
import sys
from typing import cast

import orjson

CHUNKS = 64
PAUSE = 0.005

_USAGE = {"prompt_tokens": 20, "completion_tokens": CHUNKS, "total_tokens": 20 + CHUNKS}
_ENVELOPE = {"id": "chatcmpl-bench", "created": 1_700_000_000, "model": "bench"}


def _frame(delta: dict[str, str] | None, reason: str | None = None) -> bytes:
    chunk = {**_ENVELOPE, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE}
    if delta is not None:
        del chunk["usage"]
        chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": reason}]
    return b"data: %b\n\n" % orjson.dumps(chunk)


def _chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


_MESSAGE = {"role": "assistant", "content": "A few words, as an answer has them. " * 4}
_WHOLE_BODY = orjson.dumps(
    {
        **_ENVELOPE,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": _MESSAGE, "finish_reason": "stop"}],
        "usage": _USAGE,
    }
)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_WHOLE = _HEAD % len(_WHOLE_BODY) + _WHOLE_BODY
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)
_TOKEN = _chunked(_frame({"content": "word "}))
_END = (
    _chunked(_frame({}, "stop")) + _chunked(_frame(None)) + _chunked(b"data: [DONE]\n\n")
) + b"0\r\n\r\n"
_MODELS = orjson.dumps({"object": "list", "data": [{"id": "bench", "object": "model"}]})


class _Vendor(asyncio.Protocol):
    """One connection; requests come one at a time on each."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._received = b""
        if head.startswith(b"GET"):
            self._transport.write(_HEAD % len(_MODELS) + _MODELS)
        elif b'"stream":true' in body.replace(b" ", b""):
            self._transport.write(_STREAM_HEAD)
            self._say(1, self._loop.time())
        else:
            self._transport.write(_WHOLE)

    def _say(self, number: int, begun: float) -> None:
        if number > CHUNKS:
            self._transport.write(_END)
            return
        self._transport.write(_TOKEN)
        self._loop.call_at(begun + number * PAUSE, self._say, number + 1, begun)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Vendor, "127.0.0.1", 0, backlog=2048)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"http://127.0.0.1:{port}/v1\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve())
