"""Says in a caller's words what pydantic found wrong with a request."""

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from app.errors import FieldIssue

_MOST = 100
_SOURCES = {"body", "query", "path", "header", "cookie"}

_EXAMPLES = {
    "bool": "true",
    "decimal": "9.99",
    "float": "9.99",
    "int": "3",
    "string": '"TechStore"',
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
}
"""A value of the right type, by what pydantic calls it in `int_type` and `int_parsing`."""

_quote = reprlib.Repr()
_quote.maxlevel, _quote.maxstring, _quote.maxother, _quote.maxlong = 2, 60, 60, 40
_quote.maxlist, _quote.maxdict = 3, 3


def field_issues(error: RequestValidationError) -> list[FieldIssue]:
    """One per bad field; its path is the caller's own: `sellers.0.inventory.0.cost_price`."""
    found: Sequence[Mapping[str, Any]] = error.errors()
    return [FieldIssue(_path(item["loc"]), _issue(item)) for item in found[:_MOST]]


def _path(loc: Sequence[int | str]) -> str:
    inside = loc[1:] if len(loc) > 1 and loc[0] in _SOURCES else loc
    return ".".join(map(str, inside))


def _issue(item: Mapping[str, Any]) -> str:
    if item["type"] == "missing":
        return "is required"
    message: str = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
    received = item["input"]
    if item["type"] == "value_error" and isinstance(received, dict | list):
        return message  # a rule between fields: the path names the object, which is long
    return f"{message}, got {quoted(received)}{_advice(item)}"


def _advice(item: Mapping[str, Any]) -> str:
    context = item.get("ctx", {})
    kind, _, fault = item["type"].rpartition("_")
    example = context.get("ge", context.get("le"))
    if fault in ("type", "parsing"):
        example = _EXAMPLES.get(kind)
    return f"; for example {example}" if example is not None else ""


def quoted(value: object) -> str:
    """A short, printable form of anything that came in."""
    return _quote.repr(value)
