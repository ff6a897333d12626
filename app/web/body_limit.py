"""Refuses a request body that is too large, before it is in memory."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import InvalidInput


class PayloadTooLarge(InvalidInput):
    """The request body is larger than this service takes."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413

    def __init__(self, most: int) -> None:
        super().__init__(f"the body is larger than {most} bytes, the most this service takes")


class BodyLimit:
    """Counts, since a length need not be declared or true. `most` is in bytes; `special` has the
    paths, by how they begin, with a limit of their own."""

    def __init__(self, app: ASGIApp, most: int, special: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._most = most
        self._special = special or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most_at(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise PayloadTooLarge(most)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise PayloadTooLarge(most)
            return message

        await self._app(scope, counted, send)

    def _most_at(self, path: str) -> int:
        found = (most for start, most in self._special.items() if path.startswith(start))
        return next(found, self._most)
