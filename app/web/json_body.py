"""Reads a JSON body strictly: what the database or a caller's next reader couldn't hold is refused.

Not JSON at all, NaN or infinite numbers, lone surrogates, NUL characters, nesting too deep: all
are a `BodyInvalid` with the path to the spot.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from app.errors import FieldIssue, InvalidInput
from app.kit import json

MAX_DEPTH = 32

_Path = tuple[str | int, ...]
_Container = dict[str, object] | list[object]


class BodyInvalid(InvalidInput):
    """The body isn't JSON that this service can use."""

    def __init__(self, issue: FieldIssue) -> None:
        super().__init__(f"{issue.field} {issue.issue}", details=(issue,))


def parse(raw: bytes) -> Any:
    """The value in `raw`. Raises `BodyInvalid`."""
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise BodyInvalid(FieldIssue("body", f"should be JSON: {error}")) from None
    fault = next(_faults(value), None)
    if fault is not None:
        raise BodyInvalid(fault)
    return value


def _faults(root: object) -> Iterator[FieldIssue]:
    """Walks without recursion: how deep it goes is the caller's choice."""
    waiting: list[tuple[_Path, _Container]] = [((), [root])]
    while waiting:
        path, container = waiting.pop()
        if len(path) > MAX_DEPTH:
            yield FieldIssue(_name(path), f"is nested deeper than {MAX_DEPTH} levels")
            return
        for key, value in _items(container):
            if _has_nul(key) or _has_nul(value):
                yield FieldIssue(_name((*path, key)), "holds a NUL character (\\u0000)")
            if isinstance(value, dict | list):
                waiting.append(((*path, key), value))


def _items(container: _Container) -> Iterable[tuple[str | int, object]]:
    return container.items() if isinstance(container, dict) else enumerate(container)


def _has_nul(value: object) -> bool:
    return isinstance(value, str) and "\0" in value


def _name(path: _Path) -> str:
    inside = [str(part).replace("\0", "\\u0000") for part in path[1:]]
    return ".".join(inside) or "body"
