"""Refuses a request body that is too large, before it is in memory."""

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
    """Counts, since a length need not be declared or true. `most` is in bytes."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._most:
            raise PayloadTooLarge(self._most)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most:
                raise PayloadTooLarge(self._most)
            return message

        await self._app(scope, counted, send)
