"""A live stream as an endpoint's answer, over HTTP."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from importlib import import_module

import httpx
import pytest
from sse_starlette.sse import AppStatus
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web import EventStreams, LiveResponse
from tests.web.conftest import Serve

FRAME = b"id: 1\nevent: content\ndata: {}\n\n"


class Source:
    """Frames that are let go one by one; knows whether it was closed."""

    def __init__(self) -> None:
        self.go = asyncio.Queue[bytes | None]()
        self.closed = asyncio.Event()

    async def frames(self) -> AsyncGenerator[bytes]:
        try:
            while (frame := await self.go.get()) is not None:
                yield frame
        finally:
            self.closed.set()


@pytest.fixture
def source() -> Source:
    return Source()


def _app(source: Source, streams: EventStreams, *, farewell: bytes = b"") -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"X-Told": "1"}
        frames = source.frames()
        response = LiveResponse(streams, frames, headers=headers, farewell=farewell)
        await response(scope, receive, send)

    return app


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


async def test_frames_leave_as_they_come(serve: Serve, source: Source) -> None:
    streams = EventStreams()
    async with (
        serve(_app(source, streams)) as client,
        client.stream("POST", "/", content=b"unread") as response,
    ):
        assert response.headers["x-told"] == "1"
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-cache, no-store"
        chunks = response.aiter_bytes()
        source.go.put_nowait(FRAME)
        assert await anext(chunks) == b"retry: 1000\n" + FRAME
        await asyncio.sleep(0.06)  # longer than it waits before it listens for a hang-up
        source.go.put_nowait(FRAME)
        assert await anext(chunks) == FRAME
        assert streams.open == 1
        source.go.put_nowait(None)
        assert [chunk async for chunk in chunks] == []
    assert source.closed.is_set()
    assert streams.open == 0


async def test_silence_is_filled(serve: Serve, source: Source) -> None:
    streams = EventStreams(silence=0.02)
    async with serve(_app(source, streams)) as client, client.stream("GET", "/") as response:
        assert b": waiting\n\n" in await anext(response.aiter_bytes())
        source.go.put_nowait(None)


async def test_a_reader_that_leaves_ends_the_reading(serve: Serve, source: Source) -> None:
    streams = EventStreams()
    async with serve(_app(source, streams)) as client:
        async with client.stream("GET", "/") as response:
            source.go.put_nowait(FRAME)
            await anext(response.aiter_bytes())
        async with asyncio.timeout(30):
            await source.closed.wait()
        await _until(lambda: streams.open == 0)


async def test_a_slow_reader_is_dropped(
    source: Source, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.live_stream.SLOW_READER_SECONDS", 0.2)
    streams = EventStreams(silence=0.05)
    big = b"data: " + b"x" * 4_000_000 + b"\n\n"
    async with serve(_app(source, streams)) as client:
        host, port = str(client.base_url.host), client.base_url.port
        reader, writer = await asyncio.open_connection(host, port, limit=1024)
        writer.write(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n")
        for _ in range(20):
            source.go.put_nowait(big)
        async with asyncio.timeout(30):
            await source.closed.wait()
        await _until(lambda: streams.open == 0)
        writer.close()
        reader.feed_eof()


async def test_at_shutdown_it_says_farewell(
    serve: Serve, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("app.web.event_stream")  # the package has a function of that name
    monkeypatch.setattr(module, "SHUTDOWN_GRACE_SECONDS", 0.05)
    monkeypatch.setattr(module, "_SHUTDOWN_POLL_SECONDS", 0.01)
    streams = EventStreams()
    app = _app(source, streams, farewell=b"data: closing\n\n")
    async with serve(app) as client, client.stream("GET", "/") as response:
        monkeypatch.setattr(AppStatus, "should_exit", True)
        assert b"".join([chunk async for chunk in response.aiter_bytes()]) == b"data: closing\n\n"
    assert source.closed.is_set()


async def test_a_fault_cuts_the_connection(serve: Serve, source: Source) -> None:
    """Or half an answer would be taken for a whole one."""

    class Broken(Source):
        async def frames(self) -> AsyncGenerator[bytes]:
            yield FRAME
            raise ValueError("a fault of ours")

    async with serve(_app(Broken(), EventStreams())) as client, client.stream("GET", "/") as answer:
        with pytest.raises(httpx.RemoteProtocolError):
            await answer.aread()
