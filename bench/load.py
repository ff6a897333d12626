"""Asks a gateway over many connections at once, at the least possible cost of its own."""

import asyncio
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import orjson


def question(*, stream: bool, model: str = "bench") -> bytes:
    """A request, ready to be written."""
    messages = [
        {"role": "system", "content": "Answer in a few words."},
        {"role": "user", "content": "What does a gateway cost, and how do you know? " * 4},
    ]
    body = orjson.dumps(
        {
            "model": f"openai:{model}",
            "messages": messages,
            "stream": stream,
            "temperature": 0.5,
        }
    )
    return (
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        b"authorization: Bearer sk-bench\r\ncontent-length: %d\r\n\r\n" % len(body)
    ) + body


@dataclass(frozen=True, slots=True)
class Heard:
    """`seconds` for all of it; `firsts` are the seconds to the first bytes of a body."""

    seconds: float
    firsts: list[float]


class _Asker(asyncio.Protocol):
    """One connection that asks again as soon as it has its answer."""

    def __init__(self, request: bytes, left: list[int], firsts: list[float]) -> None:
        self._request = request
        self._left = left
        self._firsts = firsts
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._end is None and not self._read_head():
            return
        if self._chunked:
            over = self._answer.endswith(b"0\r\n\r\n")
        else:
            over = len(self._answer) >= (self._end or 0)
        if over:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("hung up in mid-answer"))

    def _ask(self) -> None:
        if self._left[0] == 0:
            self.done.set_result(None)
            self._transport.close()
            return
        self._left[0] -= 1
        self._answer = bytearray()
        self._end: int | None = None
        self._chunked = False
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def _read_head(self) -> bool:
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if not separator or not body:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(bytes(self._answer[:500]).decode())
        self._firsts.append(time.perf_counter() - self._asked)
        lower = bytes(head).lower()
        self._chunked = b"transfer-encoding: chunked" in lower
        length = lower.partition(b"content-length: ")[2].partition(b"\r")[0]
        self._end = len(head) + 4 + int(length or 0)
        return True


async def ask(url: str, *, connections: int, requests: int, stream: bool = False) -> Heard:
    """`requests` in all, `connections` at a time."""
    loop = asyncio.get_running_loop()
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    left, firsts, request = [requests], list[float](), question(stream=stream)
    begun = time.perf_counter()
    made = [
        await loop.create_connection(lambda: _Asker(request, left, firsts), host, port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(asker.done for _, asker in made))
    return Heard(time.perf_counter() - begun, sorted(firsts))
