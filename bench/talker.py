"""A vendor that never comes to an end. It lives in the measuring process itself, so that one clock
tells when its caller hung up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.vendor import Vendor
from bench.wire import HEAD, STREAM_HEAD, chunked, frame

SILENT = "silent"
"""The model that never says a word; any other says one every `PAUSE` seconds."""
PAUSE = 0.02

_MODELS = b'{"object": "list", "data": [{"id": "bench", "object": "model"}]}'
_WORD = chunked(frame({"content": "word "}))
_END = chunked(frame({}, "stop")) + chunked(b"data: [DONE]\n\n") + b"0\r\n\r\n"


class Asked:
    """A question that goes on. `hung_up` is the loop's time, in seconds, at which its caller was
    gone."""

    def __init__(self) -> None:
        self.hung_up: asyncio.Future[float] = asyncio.get_running_loop().create_future()


class _Talker(Vendor):
    def __init__(self, questions: "asyncio.Queue[Asked]") -> None:
        super().__init__()
        self._questions = questions
        self._asked: Asked | None = None

    def answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET"):
            self._transport.write(HEAD % len(_MODELS) + _MODELS)
            return
        if b'"max_tokens"' in body:  # of the work in the background
            self._transport.write(STREAM_HEAD + _WORD + _END)
            return
        self._asked = Asked()
        self._questions.put_nowait(self._asked)
        if SILENT.encode() not in body:
            self._transport.write(STREAM_HEAD)
            self._say()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # of the protocol
        if self._asked is not None:
            self._asked.hung_up.set_result(self._loop.time())

    def _say(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(_WORD)
            self._loop.call_later(PAUSE, self._say)


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[str, "asyncio.Queue[Asked]"]]:
    """Its base address, and the questions in the order in which they came."""
    questions: asyncio.Queue[Asked] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Talker(questions), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", questions
    finally:
        server.close()
