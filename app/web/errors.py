"""The one place where an error becomes an answer.

`{"error": {"code", "message", "details": [{"field", "issue"}], "timestamp"}}`, whatever went
wrong. What isn't ours, validation, routing or a database that is away, is first turned into an
`AppError`; what is left is a bug and tells the caller nothing but that.
"""

import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi.exceptions import RequestValidationError
from procrastinate.exceptions import ConnectorException
from sqlalchemy import exc as sqlalchemy_errors
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import AppError, InvalidInput, Unavailable
from app.kit.clock import iso_z
from app.web.examples import Examples
from app.web.responses import JSONResponse, writable
from app.web.validation import field_issues

_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "PAYLOAD_TOO_LARGE"}

_DATABASE_AWAY = (
    sqlalchemy_errors.OperationalError,
    sqlalchemy_errors.InterfaceError,
    sqlalchemy_errors.TimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    ConnectorException,
    TimeoutError,  # of a query that was given a bound
)


class InternalError(AppError):
    """Something went wrong inside; the server's log has the details under this request id."""

    def __init__(self) -> None:
        super().__init__("something went wrong inside; the log has the details")


class DatabaseUnavailable(Unavailable):
    """The database can't be reached at the moment; the same request may work in a second."""

    code = "DATABASE_UNAVAILABLE"
    retry_after = 1


class RequestInvalid(InvalidInput):
    """The request holds something unusable; `details` names every field that does."""

    SHOWN = 3

    def __init__(self, error: RequestValidationError, examples: Examples | None = None) -> None:
        issues = field_issues(error, examples)
        told = [f"{issue.field} {issue.issue}" for issue in issues[: self.SHOWN]]
        more = len(issues) - len(told)
        super().__init__(
            "; ".join(told) + (f"; and {more} more" if more else ""), details=tuple(issues)
        )


class HttpError(AppError):
    """What the router refused by itself: an unknown path, a method that isn't served there."""

    level = logging.INFO

    def __init__(self, error: HTTPException, method: str, path: str) -> None:
        super().__init__(f"{error.detail}: {method} {path}")
        self.code = _CODES.get(error.status_code, HTTPStatus(error.status_code).name)  # type: ignore[misc]  # from the answer
        self.status = error.status_code  # type: ignore[misc]  # the same
        self.headers = error.headers or {}


def as_app_error(error: BaseException, *, method: str, path: str) -> AppError:
    """`error` itself if it is ours, else what it means to the caller."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, RequestValidationError):
        return RequestInvalid(error)
    if isinstance(error, HTTPException):
        return HttpError(error, method, path)
    if isinstance(error, _DATABASE_AWAY):
        return DatabaseUnavailable("the database can't be reached at the moment; try again")
    return InternalError()


def meaning_of(error: BaseException) -> AppError:
    """What an error means that met no request; a bug is an `InternalError`. Of several at once it
    is the worst."""
    if isinstance(error, BaseExceptionGroup):
        return max(map(meaning_of, error.exceptions), key=lambda meaning: meaning.level)
    return as_app_error(error, method="", path="")


def render(error: AppError, now: datetime) -> Response:
    """The answer: status, extra headers and the nested body, safe to write whatever it quotes."""
    body = {
        "code": error.code,
        "message": writable(error.message),
        "details": [
            {"field": writable(detail.field), "issue": writable(detail.issue)}
            for detail in error.details
        ],
        "timestamp": iso_z(now),
    }
    return JSONResponse({"error": body}, status_code=error.status, headers=error_headers(error))


def error_headers(error: AppError) -> Mapping[str, str]:
    """`Retry-After` where it is known, and what an error itself wants told, such as `Allow`."""
    own: Mapping[str, str] | None = getattr(error, "headers", None)
    if own is not None:
        return own
    retry_after: float | None = getattr(error, "retry_after", None)
    return {} if retry_after is None else {"retry-after": str(math.ceil(retry_after))}


async def _pass_on(_request: Request, error: Exception) -> Response:
    """Hands an error to the boundary, which renders all of them."""
    raise error


EXCEPTION_HANDLERS: dict[
    int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]
] = {
    HTTPException: _pass_on,
    RequestValidationError: _pass_on,
}
"""For the application: without these, the framework would render these two itself."""
