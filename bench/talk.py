"""A person in a conversation, at the least possible cost: asks once, and notes when each token of
the answer came."""

import asyncio
from typing import cast
from urllib.parse import urlsplit

import orjson

from bench.chat_upstream import now


class Talk(asyncio.Protocol):
    """`delays` are microseconds from the vendor's saying a token to its being here, in order.
    `done` is set when the answer has its end, and says whether all of it came, each token once and
    in its place."""

    def __init__(self, message: str) -> None:
        body = orjson.dumps({"message": message, "model": "openai:bench"})
        self._request = (
            b"POST /api/chat/stream HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n" % len(body)
        ) + body
        self._received = b""
        self._token = ""
        self._next = 0
        self.delays: list[int] = []
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """What stands between frames, of the chunked encoding, is no `data:` line."""
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: "):
                self._heard(orjson.loads(line[6:]))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # of the protocol
        if not self.done.done():
            self.done.set_result(False)

    def _heard(self, event: dict[str, str]) -> None:
        if event["type"] == "content":
            self._take(event["content"])
        elif event["type"] in ("done", "error"):
            self.done.set_result(event["type"] == "done" and not self._token)
            self._transport.close()

    def _take(self, text: str) -> None:
        arrived = now()
        *tokens, self._token = (self._token + text).split(" ")
        for token in tokens:
            number, _, said = token.partition(":")
            if int(number) != self._next:
                raise RuntimeError(f"token {self._next} was due, and {number} came")
            self._next += 1
            self.delays.append(arrived - int(said))


async def talk(url: str, message: str) -> Talk:
    """Opens a conversation; returns when it was asked."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    _, said = await loop.create_connection(
        lambda: Talk(message), parts.hostname or "", parts.port or 80
    )
    return said
