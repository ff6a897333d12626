"""Errors as OpenAI's clients know them: `{"error": {"message", "type", "code", "param"}}`."""

import math
from dataclasses import replace
from datetime import datetime

from starlette.responses import Response

from app.errors import AppError, InvalidInput
from app.kit import json
from app.kit.clock import iso_z
from app.kit.frozen import frozen
from app.llm import (
    BadGateway,
    BudgetExceeded,
    ChainExhausted,
    FreeModelsExhausted,
    ModelTimeout,
    NoModelFits,
    PromptTooLong,
    ProviderDisabled,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    UnknownModel,
)
from app.web import error_headers, writable


@frozen
class Told:
    """What a client is told of an error beside its message."""

    status: int
    type: str
    code: str
    param: str | None = None


_INVALID = "invalid_request_error"
_QUOTA = "insufficient_quota"
_LIMIT = "rate_limit_error"
_SERVER = "server_error"

_REFUSALS = {
    400: Told(400, _INVALID, "invalid_request"),
    401: Told(401, "authentication_error", "invalid_api_key"),
    402: Told(402, _QUOTA, _QUOTA),
    403: Told(403, "permission_error", "permission_denied"),
    404: Told(404, _INVALID, "model_not_found", "model"),
    413: Told(413, _INVALID, "request_too_large"),
    422: Told(422, _INVALID, "unprocessable_request"),
}
"""A vendor's refusals that are told as such, by their status; any other is a bad gateway."""

_KINDS: tuple[tuple[type[AppError], Told], ...] = (
    (UnknownModel, Told(404, _INVALID, "model_not_found", "model")),
    (ProviderDisabled, Told(400, _INVALID, "provider_not_configured", "model")),
    (PromptTooLong, Told(400, _INVALID, "context_length_exceeded", "messages")),
    (NoModelFits, Told(400, _INVALID, "no_model_fits", "model")),
    (BudgetExceeded, Told(402, _QUOTA, _QUOTA)),
    (FreeModelsExhausted, Told(429, _LIMIT, "free_models_exhausted")),
    (RateLimited, Told(429, _LIMIT, "rate_limit_exceeded")),
    (ModelTimeout, Told(504, "timeout_error", "timeout")),
    (ProviderUnavailable, Told(503, _SERVER, "provider_unavailable")),
    (BadGateway, Told(502, _SERVER, "bad_gateway")),
)
"""The first that an error is one of counts. An error that names a field itself knows better which
it is."""


def told(error: AppError) -> Told:
    """How `error` is told; one of a whole chain as its cause is."""
    cause = _cause(error)
    if isinstance(cause, RequestRefused) and cause.upstream_status in _REFUSALS:
        return _REFUSALS[cause.upstream_status]
    param = cause.details[0].field if cause.details else None
    for kind, found in _KINDS:
        if isinstance(cause, kind):
            return found if param is None else replace(found, param=param)
    if error.status >= 500:
        return Told(error.status, _SERVER, error.code.lower())
    return Told(error.status, _INVALID, _code(error), param)


def error_body(error: AppError) -> bytes:
    """The error as JSON: an answer's body, or the data of a stream's frame."""
    found = told(error)
    content = {
        "message": writable(_message(error)),
        "type": found.type,
        "code": found.code,
        "param": found.param,
    }
    return json.dumps({"error": content})


def error_frame(error: AppError) -> bytes:
    """For the middle of a stream: clients raise it."""
    return b"data: %b\n\n" % error_body(error)


def render_openai_error(error: AppError, now: datetime) -> Response:
    """The whole answer."""
    headers = dict(error_headers(error))
    if (seconds := retry_after(error, now)) is not None:
        headers["retry-after"] = str(seconds)
    return Response(error_body(error), told(error).status, headers, media_type="application/json")


def retry_after(error: AppError, now: datetime) -> int | None:
    """Whole seconds after which the same request may work; None where nobody knows."""
    cause = _cause(error)
    seconds = getattr(cause, "retry_after", None)
    if isinstance(cause, BudgetExceeded):
        seconds = (cause.resets_at - now).total_seconds()
    return None if seconds is None else max(0, math.ceil(seconds))


def _cause(error: AppError) -> AppError:
    return error.cause if isinstance(error, ChainExhausted) else error


def _message(error: AppError) -> str:
    cause = _cause(error)
    if (
        isinstance(cause, BudgetExceeded)
        and (moment := iso_z(cause.resets_at)) not in error.message
    ):
        return f"{error.message}; it starts anew at {moment}"
    return error.message


def _code(error: AppError) -> str:
    return "invalid_value" if error.code == InvalidInput.code else error.code.lower()
