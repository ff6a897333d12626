"""Gives every request an id: taken from the caller if it is usable, always told back."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from app.kit.ids import new_id

HEADER = "x-request-id"
_USABLE = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_MOST_PATH = 200


class RequestContext:
    """Every log line of a request tells its id, method and path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get(HEADER, ""))

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with bound_contextvars(request_id=request_id, method=scope["method"], path=address(scope)):
            await self._app(scope, receive, send_with_id)


def address(scope: Scope) -> str:
    """The path as it was sent, percent-encoded: nothing in it can forge a line of a log."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("ascii", "backslashreplace")
    return raw[:_MOST_PATH].decode("ascii", "backslashreplace")


def _request_id(offered: str) -> str:
    return offered if _USABLE.fullmatch(offered) else str(new_id())
