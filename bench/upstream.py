"""A model vendor of the least possible cost: every call answers, in one piece, after a latency.

    python -m bench.upstream 0.2

It plays any seat: the message is the same, sellers offer 900 for one, buyers always go on.
"""

import asyncio
import sys
from typing import cast

import orjson

_TURNS = {
    b'"buyer_turn"': {"message": "Please go on.", "action": "continue", "offer_id": None},
    b'"seller_turn"': {"message": "900 it is.", "offer": {"price": 900, "quantity": 1}},
}
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _answer(turn: object) -> bytes:
    chunks: list[dict[str, object]] = [
        {"choices": [{"index": 0, "delta": {"content": orjson.dumps(turn).decode()}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 500, "completion_tokens": 20}},
    ]
    body = b"".join(b"data: %b\n\n" % orjson.dumps({"id": "x", **chunk}) for chunk in chunks)
    body += b"data: [DONE]\n\n"
    return _HEAD + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


_ANSWERS = {schema: _answer(turn) for schema, turn in _TURNS.items()}
_MODELS = orjson.dumps({"object": "list", "data": [{"id": "bench", "object": "model"}]})


class _Vendor(asyncio.Protocol):
    """One connection; requests come one at a time on each."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # a stream, on any loop

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._received = b""
        if head.startswith(b"GET"):
            listed = (
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
            )
            self._transport.write(listed % len(_MODELS) + _MODELS)
            return
        answer = next(answer for schema, answer in _ANSWERS.items() if schema in body)
        asyncio.get_running_loop().call_later(self._latency, self._transport.write, answer)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


async def serve(latency: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Vendor(latency), "127.0.0.1", 0, backlog=2048)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"http://127.0.0.1:{port}/v1\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(float(sys.argv[1])))
