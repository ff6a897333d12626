"""Errors as the AI SDK's client knows them: it shows the body of a refusal to its reader, as the
message of an error. So the body is what we would say to a person, and nothing else; programs find
the code in a header."""

from datetime import datetime

from starlette.responses import PlainTextResponse, Response

from app.errors import AppError
from app.web import error_headers, writable

ERROR_CODE = "x-parley-error"


def render_ai_sdk_error(error: AppError, _now: datetime) -> Response:
    """The whole answer."""
    headers = {**error_headers(error), ERROR_CODE: error.code}
    return PlainTextResponse(writable(error.message), error.status, headers)
