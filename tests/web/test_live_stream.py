"""A stream that is written to directly, on a connection that is ours."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module

import pytest
from sse_starlette.sse import AppStatus
from starlette.requests import ClientDisconnect
from starlette.types import Message

from app.web import EventStreams, LiveStream
from app.web.live_stream import ServerClosing


class Connection:
    """Takes what is sent; with `stuck`, nothing is taken any more."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.stuck = False

    async def send(self, message: Message) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        self.messages.append(message)

    @property
    def kinds(self) -> list[str]:
        return [message["type"].rpartition(".")[2] for message in self.messages]

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


@pytest.fixture
def connection() -> Connection:
    return Connection()


@pytest.fixture
def streams() -> EventStreams:
    return EventStreams()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


async def test_what_is_written_leaves_at_once(
    connection: Connection, streams: EventStreams
) -> None:
    async with LiveStream(connection.send, streams, silence=60) as live:
        await live.begin([(b"x-told", b"1")])
        await live.write(b"data: 1\n\n")
        assert connection.body == b"data: 1\n\n"
        assert streams.open == 1
        await live.write(b"data: 2\n\n", last=True)

    head, _, last = connection.messages
    assert (b"x-told", b"1") in head["headers"]
    assert head["status"] == 200
    assert last["more_body"] is False
    assert streams.open == 0


async def test_silence_is_filled_before_the_head_and_after(
    connection: Connection, streams: EventStreams
) -> None:
    async with LiveStream(connection.send, streams, silence=0.02) as live:
        await _until(lambda: connection.body.count(b": waiting\n\n") >= 2)
        await live.begin([(b"x-told", b"1")])
        await live.write(b"data: 1\n\n")
        await _until(lambda: connection.body.endswith(b"data: 1\n\n: waiting\n\n"))

    assert connection.kinds.count("start") == 1
    assert connection.kinds[0] == "start"
    assert live.begun


async def test_there_are_no_comments_while_there_is_something_to_say(
    connection: Connection, streams: EventStreams
) -> None:
    async with LiveStream(connection.send, streams, silence=0.5) as live:
        await live.begin()
        for _ in range(10):
            await live.write(b"data: 1\n\n")
            await asyncio.sleep(0.01)

    assert b"waiting" not in connection.body


async def test_a_reader_that_does_not_read_is_as_good_as_gone(
    connection: Connection, streams: EventStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.live_stream.SLOW_READER_SECONDS", 0.05)

    async def answer() -> None:
        async with LiveStream(connection.send, streams, silence=0.02) as live:
            await live.begin()
            connection.stuck = True
            await live.write(b"data: 1\n\n")

    with pytest.raises(ClientDisconnect):
        await asyncio.wait_for(answer(), 30)
    assert streams.open == 0


async def test_also_while_all_there_is_are_comments(
    connection: Connection, streams: EventStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.live_stream.SLOW_READER_SECONDS", 0.05)

    async def answer() -> None:
        async with LiveStream(connection.send, streams, silence=0.02):
            connection.stuck = True
            await asyncio.Event().wait()

    with pytest.raises(ClientDisconnect):
        await asyncio.wait_for(answer(), 30)


async def test_what_fails_while_a_comment_is_sent_can_still_be_told(streams: EventStreams) -> None:
    sending = asyncio.Event()

    class Slow(Connection):
        async def send(self, message: Message) -> None:
            await super().send(message)
            if message.get("body") == b": waiting\n\n":
                sending.set()
                await asyncio.sleep(0.05)

    connection = Slow()
    live = LiveStream(connection.send, streams, silence=0.01)

    async def answer() -> None:
        async with live:
            await live.begin()
            await sending.wait()
            raise LookupError

    with pytest.raises(LookupError):
        await answer()
    await live.write(b"data: it failed\n\n", last=True)

    assert connection.body.endswith(b": waiting\n\ndata: it failed\n\n")
    assert not connection.messages[-1]["more_body"]


async def test_at_shutdown_it_is_closed_after_its_grace(
    connection: Connection, streams: EventStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("app.web.event_stream")  # the package has a function of that name
    monkeypatch.setattr(module, "SHUTDOWN_GRACE_SECONDS", 0.05)
    monkeypatch.setattr(module, "_SHUTDOWN_POLL_SECONDS", 0.01)
    written: list[bytes] = []

    async def answer() -> None:
        live = LiveStream(connection.send, streams, silence=60)
        try:
            async with live:
                await live.begin()
                await asyncio.Event().wait()
        except ServerClosing as error:
            written.append(error.message.encode())
            await live.write(written[0], last=True)

    answering = asyncio.create_task(answer())
    await _until(lambda: bool(connection.messages))
    monkeypatch.setattr(AppStatus, "should_exit", True)
    await asyncio.wait_for(answering, 30)

    assert connection.body == written[0]
    assert b"shutting down" in written[0]


@pytest.mark.parametrize("leave", [False, True])
async def test_whoever_cancels_it_from_elsewhere_is_obeyed(
    connection: Connection, streams: EventStreams, leave: bool
) -> None:
    async def answer(wait: Callable[[], Awaitable[object]]) -> None:
        async with LiveStream(connection.send, streams, silence=60) as live:
            if leave:
                await live.begin()
            await wait()

    answering = asyncio.create_task(answer(asyncio.Event().wait))
    await asyncio.sleep(0.01)
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    assert streams.open == 0
