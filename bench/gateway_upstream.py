"""An OpenAI-format vendor of the least possible cost, for measuring what stands in front of it.

    python -m bench.gateway_upstream

Answers at once, or with 64 chunks, 5 ms apart, where the request asks for a stream.
"""

import asyncio
import sys
from typing import cast

import orjson

from bench.wire import HEAD, STREAM_HEAD, chunked, frame, length_of, whole

CHUNKS = 64
PAUSE = 0.005

_USAGE = {"prompt_tokens": 20, "completion_tokens": CHUNKS}
_WHOLE_BODY = whole("A few words, as an answer has them. " * 4, _USAGE)
_WHOLE = HEAD % len(_WHOLE_BODY) + _WHOLE_BODY
_TOKEN = chunked(frame({"content": "word "}))
_END = (
    chunked(frame({}, "stop")) + chunked(frame(None, usage=_USAGE)) + chunked(b"data: [DONE]\n\n")
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
        if not end or len(body) < length_of(head):
            return
        self._received = b""
        if head.startswith(b"GET"):
            self._transport.write(HEAD % len(_MODELS) + _MODELS)
        elif b'"stream":true' in body.replace(b" ", b""):
            self._transport.write(STREAM_HEAD)
            self._say(1, self._loop.time())
        else:
            self._transport.write(_WHOLE)

    def _say(self, number: int, begun: float) -> None:
        if number > CHUNKS:
            self._transport.write(_END)
            return
        self._transport.write(_TOKEN)
        self._loop.call_at(begun + number * PAUSE, self._say, number + 1, begun)


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
