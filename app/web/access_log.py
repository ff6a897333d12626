"""One line per request; two for a stream, which may stay open for an hour."""

import time

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

_SILENT = {"/livez", "/readyz"}


class AccessLog:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _SILENT:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status: int | None = None
        event = "request"

        async def watch(message: Message) -> None:
            nonlocal status, event
            if message["type"] == "http.response.start":
                status = message["status"]
                if Headers(raw=message["headers"]).get("content-type", "").startswith(_STREAM):
                    event = "stream.closed"
                    log.info("stream.opened", status=status)
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            duration = round((time.perf_counter() - started) * 1000, 1)
            log.info(event, status=status, duration_ms=duration)


_STREAM = "text/event-stream"
