"""Bytes that are sent as they are made."""

import asyncio
from collections.abc import AsyncGenerator, Mapping

from starlette.requests import ClientDisconnect
from starlette.types import Send

SLOW_READER_SECONDS = 30.0


async def begin(send: Send, status: int, headers: Mapping[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def relay(pieces: AsyncGenerator[bytes], send: Send) -> None:
    """A reader that takes none of it for 30 s is taken for gone: raises `ClientDisconnect`."""
    async for piece in pieces:
        await _patiently(send, piece, more=True)
    await _patiently(send, b"", more=False)


async def _patiently(send: Send, piece: bytes, *, more: bool) -> None:
    try:
        async with asyncio.timeout(SLOW_READER_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": more})
    except TimeoutError:
        raise ClientDisconnect from None
