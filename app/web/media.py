"""Sound and the like: sent while it is made, and in ranges once it is finished."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.kit.frozen import frozen
from app.web.presence import CallerPresent, leaving
from app.web.ranges import wanted
from app.web.relay import begin, relay

Headed = Mapping[str, str]


class Finished(Protocol):
    """Content that is all there, `size` in bytes. No other content has its `key`."""

    @property
    def key(self) -> str: ...

    @property
    def size(self) -> int: ...

    def read(self, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes]:
        """From byte `start` up to `end`, which isn't in."""
        ...


@frozen
class Opened:
    """Content whose first piece is there; `finished` where all of it is."""

    pieces: AsyncGenerator[bytes]
    finished: Finished | None


class Media(Protocol):
    @property
    def content_type(self) -> str: ...

    async def find(self) -> Finished | None:
        """What is finished. Has nothing made."""
        ...

    def open(self) -> AbstractAsyncContextManager[Opened]:
        """Until the block ends somebody listens. Before it, what goes wrong is an error to tell;
        in it, it cuts the answer."""
        ...


class MediaResponse(Response):
    """In as many pieces as it comes in. What is finished has a length and takes ranges; a HEAD has
    nothing made. A caller that leaves ends the block of `open`, before the first piece too."""

    def __init__(self, media: Media) -> None:
        super().__init__()
        self._media = media

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with CallerPresent(leaving(receive)) as presence:
            found = await self._media.find()
            headers = Headers(scope=scope)
            if found is not None and headers.get("if-none-match") == _tag(found):
                await _alone(304, self._told(found), send)
            elif scope["method"] == "HEAD":
                await _alone(200, self._whole(found), send)
            elif found is not None and (part := _part(headers, found)) is not None:
                await self._send_part(found, part, send)
            else:
                await self._send_all(send)
            presence.served()

    async def _send_part(self, found: Finished, part: tuple[int, int], send: Send) -> None:
        start, end = part
        headers = {
            **self._told(found),
            "content-range": f"bytes {start}-{end - 1}/{found.size}",
            "content-length": str(end - start),
        }
        await begin(send, 206, headers)
        async with aclosing(found.read(start, end)) as pieces:
            await relay(pieces, send)

    async def _send_all(self, send: Send) -> None:
        async with self._media.open() as opened:
            await begin(send, 200, self._whole(opened.finished))
            await relay(opened.pieces, send)

    def _whole(self, found: Finished | None) -> Headed:
        told = self._told(found)
        return told if found is None else {**told, "content-length": str(found.size)}

    def _told(self, found: Finished | None) -> Headed:
        headers = {
            "content-type": self._media.content_type,
            "cache-control": "private, no-cache",
            "accept-ranges": "none",
            "x-content-type-options": "nosniff",
        }
        if found is None:
            return headers
        return {**headers, "accept-ranges": "bytes", "etag": _tag(found)}


def _part(headers: Headers, found: Finished) -> tuple[int, int] | None:
    """Raises `RangeNotSatisfiable`. A range of another making of it isn't one of this."""
    condition = headers.get("if-range")
    if condition is not None and condition != _tag(found):
        return None
    return wanted(headers.get("range"), found.size)


def _tag(found: Finished) -> str:
    return f'"{found.key}"'


async def _alone(status: int, headers: Headed, send: Send) -> None:
    await begin(send, status, headers)
    await send({"type": "http.response.body", "body": b""})
