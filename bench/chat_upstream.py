"""An OpenAI-format vendor that talks at the pace of a model, and stamps every token it says.

    python -m bench.chat_upstream

Answers a question without a limit with `TOKENS` tokens at `RATE` a second, and one with a limit,
as the work in the background has it, with a word. A token is its number and the moment it
was said, on the clock that all processes of a machine share: `17:123456789 `, in microseconds.
"""

import asyncio
import sys
import time
from typing import cast

from bench.wire import STREAM_HEAD, chunked, frame, length_of

TOKENS = 600
RATE = 20.0

_END = (
    chunked(frame({}, "stop"))
    + chunked(frame(None, usage={"prompt_tokens": 50, "completion_tokens": TOKENS}))
    + chunked(b"data: [DONE]\n\n")
    + b"0\r\n\r\n"
)


def now() -> int:
    """Microseconds."""
    return time.monotonic_ns() // 1000


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
        self._transport.write(STREAM_HEAD)
        if b'"max_tokens"' in body:
            self._transport.write(chunked(frame({"content": "Nothing."})) + _END)
        else:
            self._say(0, self._loop.time())

    def _say(self, number: int, begun: float) -> None:
        if self._transport.is_closing():
            return
        if number == TOKENS:
            self._transport.write(_END)
            return
        self._transport.write(chunked(frame({"content": f"{number}:{now()} "})))
        self._loop.call_at(begun + (number + 1) / RATE, self._say, number + 1, begun)


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Vendor, "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"http://127.0.0.1:{port}/v1\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve())
