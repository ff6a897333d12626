"""Files that are made while they are sent."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from app.web import Download, download

SCOPE = {"type": "http", "asgi": {"spec_version": "2.4"}}


async def two_pieces() -> AsyncGenerator[bytes]:
    yield b"one "
    yield b"two"


async def broken() -> AsyncGenerator[bytes]:
    yield b"one "
    raise ValueError("no more")


async def never() -> Message:
    return await asyncio.Future()


async def sent(file: Download) -> list[Message]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    try:
        await file(SCOPE, never, send)
    except ValueError:
        messages.append({"type": "broken"})
    return messages


async def test_a_file_is_sent_in_its_pieces() -> None:
    head, *body = await sent(Download(two_pieces(), file_name="a b.txt", media_type="text/plain"))
    assert dict(head["headers"])[b"content-type"] == b"text/plain; charset=utf-8"
    assert b"content-length" not in dict(head["headers"])
    assert b"".join(message["body"] for message in body) == b"one two"
    assert [message["more_body"] for message in body] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a b.txt", "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%20b.txt"),
        ("é.md", "attachment; filename=\"_.md\"; filename*=UTF-8''%C3%A9.md"),
        ('"\r\nX: y', "attachment; filename=\"___X__y\"; filename*=UTF-8''%22%0D%0AX%3A%20y"),
    ],
)
async def test_no_name_breaks_out_of_its_header(name: str, header: str) -> None:
    head, *_ = await sent(Download(two_pieces(), file_name=name, media_type="text/plain"))
    assert dict(head["headers"])[b"content-disposition"].decode() == header


async def test_half_a_file_never_ends_as_a_whole_one() -> None:
    messages = await sent(Download(broken(), file_name="a", media_type="text/plain"))
    assert messages[-1] == {"type": "broken"}
    assert all(message.get("more_body", True) for message in messages)


async def test_a_reader_that_takes_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "SLOW_READER_SECONDS", 0.01)

    async def stuck(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Future()

    file = Download(two_pieces(), file_name="a", media_type="text/plain")
    with pytest.raises(ClientDisconnect):
        await file(SCOPE, never, stuck)
