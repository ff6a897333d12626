"""Gives every request an id: taken from the caller if it is usable, always told back."""

import re

from starlette.types import Scope
from structlog.contextvars import bind_contextvars

from app.kit.ids import new_text_id

HEADER = "x-request-id"
TEMPLATE = "parley.path"
"""Where a scope tells the path of a raw route, which the router doesn't see."""
_USABLE = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_MOST_PATH = 200


def bind_request(scope: Scope, offered: bytes, trace_id: str) -> str:
    """The request's id. From here on every log line of the request tells it, with the trace's id,
    method and path.

    Nothing is unbound: the server gives each request a task of its own, and with it a context.
    """
    found = request_id(offered.decode("latin-1"))
    bind_contextvars(
        request_id=found, trace_id=trace_id, method=scope["method"], path=address(scope)
    )
    return found


def address(scope: Scope) -> str:
    """The path as it was sent, percent-encoded: nothing in it can forge a line of a log."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("ascii", "backslashreplace")
    return raw[:_MOST_PATH].decode("ascii", "backslashreplace")


def request_id(offered: str) -> str:
    return offered if offered and _USABLE.fullmatch(offered) else new_text_id()
