"""Nothing gets past here: every exception becomes an answer in the form that its path has."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from starlette.responses import Response
from starlette.types import Scope

from app.errors import AppError
from app.kit.clock import Clock, utc_now
from app.web.errors import InternalError, as_app_error, render
from app.web.request_context import address

log = structlog.get_logger()

Render = Callable[[AppError, datetime], Response]


class ErrorForms:
    """`special` has the paths, by how they begin, whose errors look different from ours."""

    def __init__(self, special: Mapping[str, Render] | None = None, clock: Clock = utc_now) -> None:
        self._special = special or {}
        self._clock = clock

    def answer(self, error: Exception, scope: Scope) -> Response:
        """The answer to a request that met `error`, which is logged."""
        told = as_app_error(error, method=scope["method"], path=address(scope))
        _log(told, error)
        return self._form_of(scope["path"])(told, self._clock())

    def _form_of(self, path: str) -> Render:
        found = (form for start, form in self._special.items() if path.startswith(start))
        return next(found, render)


def _log(told: AppError, error: Exception) -> None:
    if isinstance(told, InternalError):
        log.error("request.failed", code=told.code, exc_info=error)
    elif told.level >= logging.WARNING:
        first_line = str(error).partition("\n")[0]  # what follows may be SQL with its values
        cause = f"{type(error).__name__}: {first_line}"
        log.log(told.level, "request.refused", code=told.code, cause=cause)
