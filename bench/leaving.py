"""How soon a vendor is hung up on when nobody wants its answer any more."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import cast
from urllib.parse import urlsplit

import httpx

from bench.figure import Figure
from bench.load import question
from bench.processes import client, data_folder, served
from bench.talker import SILENT, Asked, talking

TIMES = 50
_LEFT_MS = 100
_STOPPED_MS = 200
_DOOR = "/v1/chat/completions"

Questions = asyncio.Queue[Asked]


async def leaving() -> list[Figure]:
    """From the caller's closing its connection, or from a stop that is asked of the process that
    doesn't make the answer, to the vendor's seeing its own connection closed."""
    async with talking() as (upstream, questions):
        settings = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": upstream}
        with (
            data_folder() as folder,
            served(folder, **settings) as maker,
            served(folder, **settings) as other,
        ):
            return await _measured(maker.url, other.url, questions)


async def _measured(maker: str, other: str, questions: Questions) -> list[Figure]:
    talked = await _times(lambda: _left(maker, "bench", questions))
    silent = await _times(lambda: _left(maker, SILENT, questions))
    async with client(maker) as here, client(other) as there:
        await _stopped(here, there, questions)
        stops = [await _stopped(here, there, questions) for _ in range(TIMES)]
    upstream, reader = zip(*stops, strict=True)
    return [
        _figure("a caller leaves in mid-answer: its vendor is hung up on after", talked, _LEFT_MS),
        _figure("… before the first token", silent, _LEFT_MS),
        _figure(
            "another process stops an answer: its vendor is hung up on after", upstream, _STOPPED_MS
        ),
        _figure("… its reader has the end after", reader, _STOPPED_MS),
    ]


async def _times(once: Callable[[], Awaitable[float]]) -> list[float]:
    await once()
    return [await once() for _ in range(TIMES)]


async def _left(url: str, model: str, questions: Questions) -> float:
    """Seconds. `LLM_FIRST_TOKEN_TIMEOUT` is far longer than a silent model is waited for here."""
    loop = asyncio.get_running_loop()
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    transport, caller = await loop.create_connection(lambda: _Caller(model), host, port)
    asked = await questions.get()
    if model != SILENT:
        await caller.heard.wait()
    left = loop.time()
    transport.close()
    return await asked.hung_up - left


class _Caller(asyncio.Protocol):
    """Asks, and goes."""

    def __init__(self, model: str) -> None:
        self._request = question(stream=True, model=model)
        self.heard = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        if b"word" in data:
            self.heard.set()


_numbers = count()


async def _stopped(
    http: httpx.AsyncClient, elsewhere: httpx.AsyncClient, questions: Questions
) -> tuple[float, float]:
    """Seconds until the vendor is hung up on, and until the reader has the last event."""
    loop = asyncio.get_running_loop()
    began: asyncio.Future[str] = loop.create_future()

    async def follow() -> float:
        body = {"message": f"Question {next(_numbers)}", "model": "openai:bench", "remember": False}
        async with http.stream("POST", "/api/chat/stream", json=body) as response:
            generation_id = response.headers["x-parley-generation"]
            async for line in response.aiter_lines():
                if line == "event: content" and not began.done():
                    began.set_result(generation_id)
        return loop.time()

    following = asyncio.create_task(follow())
    asked = await questions.get()
    generation_id = await began
    stopped = loop.time()
    (await elsewhere.post(f"/api/chat/{generation_id}/stop")).raise_for_status()
    return await asked.hung_up - stopped, await following - stopped


def _figure(what: str, seconds: Sequence[float], most: int) -> Figure:
    """The longest of all is what was promised."""
    ordered = sorted(1000 * each for each in seconds)
    middle, longest = ordered[len(ordered) // 2], ordered[-1]
    shown = f"{middle:.0f} ms, at most {longest:.0f} ms"
    return Figure(what, shown, f"≤ {most} ms", longest <= most)
