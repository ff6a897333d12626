"""Says in a caller's words what pydantic found wrong with a request."""

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from app.errors import FieldIssue
from app.kit import json
from app.web.examples import Examples

_MOST = 100
_SOURCES = {"body", "query", "path", "header", "cookie"}
_LONGEST_EXAMPLE = 300
_LONGEST_NAME = 100  # of a field; one that isn't known here may be anything

_WORDS = {
    "dict_type": "should be an object",
    "extra_forbidden": "isn't known here",
    "missing": "is required",
    "model_attributes_type": "should be an object",
    "model_type": "should be an object",
}
"""Said in place of pydantic's words, by what it calls the fault."""

_PREFIXES = (
    "Value error, ",
    "Input ",
    "String ",
    "List ",
    "Dictionary ",
    "Value ",
    "Decimal input ",
)
_TELL_WHAT_WORKS = {"value_error", "assertion_error", "literal_error", "enum"}

_quote = reprlib.Repr()
_quote.maxlevel, _quote.maxstring, _quote.maxother, _quote.maxlong = 2, 60, 60, 40
_quote.maxlist, _quote.maxdict = 3, 3


def field_issues(
    error: RequestValidationError, examples: Examples | None = None
) -> list[FieldIssue]:
    """One per bad field; its path is the caller's own: `sellers.0.inventory.0.cost_price`.
    `examples` are those of what the request should be."""
    found: Sequence[Mapping[str, Any]] = error.errors()
    known = examples or Examples()
    return [FieldIssue(_path(_place(item)), _issue(item, known)) for item in found[:_MOST]]


def _place(item: Mapping[str, Any]) -> tuple[int | str, ...]:
    """Of the field at fault, also where a rule between fields is broken."""
    return (*item["loc"], *item.get("ctx", {}).get("at", ()))


def _path(loc: Sequence[int | str]) -> str:
    inside = loc[1:] if len(loc) > 1 and loc[0] in _SOURCES else loc
    return ".".join(str(step)[:_LONGEST_NAME] for step in inside)


def _issue(item: Mapping[str, Any], examples: Examples) -> str:
    message = _message(item, examples)
    received = item["input"]
    if item["type"] == "contradiction":
        return f"{message}{_example(item['ctx']['example'], item['loc'])}"
    if item["type"] == "value_error" and isinstance(received, dict | list):
        return message  # of an object as a whole, which is long
    got = "" if item["type"] == "missing" else f", got {quoted(received)}"
    return f"{message}{got}{_advice(item, examples)}"


def _message(item: Mapping[str, Any], examples: Examples) -> str:
    if item["type"] in _WORDS:
        return _WORDS[item["type"]]
    least, most = examples.limits(item["loc"])
    received = item["input"]
    if isinstance(received, float) and received.is_integer():  # too large to be read as an integer
        if most is not None and received > most:
            return f"should be less than or equal to {most}"
        if least is not None and received < least:
            return f"should be greater than or equal to {least}"
    message: str = item["msg"]
    for prefix in _PREFIXES:
        message = message.removeprefix(prefix)
    return message


def _advice(item: Mapping[str, Any], examples: Examples) -> str:
    if item["type"] == "extra_forbidden":
        known = examples.names(item["loc"][:-1])
        return f"; known are {', '.join(known)}" if known else ""
    if item["type"] in _TELL_WHAT_WORKS:
        return ""
    context = item.get("ctx", {})
    example = context.get("ge", context.get("le"))
    if example is None:
        example = examples.of(item["loc"])
    if example is None:
        return ""
    written = _written(example, item["loc"])
    if len(written) <= _LONGEST_EXAMPLE:
        return f"; for example {written}"
    parts = [*item["loc"], 0] if isinstance(example, list) else item["loc"]
    names, who = examples.names(parts), "it" if parts is item["loc"] else "each"
    return f"; {who} has the fields {', '.join(names)}" if names else ""


def _example(example: Any, loc: Sequence[int | str]) -> str:
    return "" if example is None else f"; for example {_written(example, loc)}"


def _written(example: Any, loc: Sequence[int | str]) -> str:
    """As a body or an address has it."""
    if loc[0] != "body" and isinstance(example, list):
        example = example[0]
    if loc[0] != "body" and isinstance(example, str):
        return example
    return json.dumps(example).decode()


def quoted(value: object) -> str:
    """A short, printable form of anything that came in."""
    return _quote.repr(value)
