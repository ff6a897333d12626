"""Nothing gets past here: every exception becomes an answer in the one form there is."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError
from app.kit.clock import Clock, utc_now
from app.web.errors import InternalError, as_app_error, render
from app.web.request_context import address

log = structlog.get_logger()

Render = Callable[[AppError, datetime], Response]


class ErrorBoundary:
    """Sits inside CORS, so that a browser may read an error too.

    Once an answer has begun it can't be changed any more: the error is logged and raised again,
    which has the server cut the connection, so that nobody takes half an answer for a whole one.
    `forms` has the paths, by how they begin, whose errors look different from ours.
    """

    def __init__(
        self, app: ASGIApp, clock: Clock = utc_now, forms: Mapping[str, Render] | None = None
    ) -> None:
        self._app = app
        self._clock = clock
        self._forms = forms or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            log.debug("request.abandoned")
        except Exception as error:
            told = as_app_error(error, method=scope["method"], path=address(scope))
            _log(told, error)
            if started:
                raise
            answer = self._form_of(scope["path"])(told, self._clock())
            await answer(scope, receive, send)

    def _form_of(self, path: str) -> Render:
        found = (form for start, form in self._forms.items() if path.startswith(start))
        return next(found, render)


def _log(told: AppError, error: Exception) -> None:
    if isinstance(told, InternalError):
        log.error("request.failed", code=told.code, exc_info=error)
    elif told.level >= logging.WARNING:
        first_line = str(error).partition("\n")[0]  # what follows may be SQL with its values
        cause = f"{type(error).__name__}: {first_line}"
        log.log(told.level, "request.refused", code=told.code, cause=cause)
