"""Refuses a path or query that is no text: bad UTF-8 would be guessed at, NUL can't be stored."""

from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from app.errors import FieldIssue, InvalidInput


class AddressInvalid(InvalidInput):
    """The path or a query parameter holds something that is no text."""

    def __init__(self, field: str, issue: str) -> None:
        super().__init__(f"{field} {issue}", details=(FieldIssue(field, issue),))


def check_address(scope: Scope) -> None:
    """Raises `AddressInvalid`."""
    _check("path", scope.get("raw_path") or b"")
    if not scope["query_string"]:
        return
    for pair in scope["query_string"].split(b"&"):
        name, _, value = pair.replace(b"+", b" ").partition(b"=")
        _check("query", name)
        _check(unquote_to_bytes(name).decode(), value)


def _check(field: str, raw: bytes) -> None:
    if b"%" not in raw and raw.isascii():
        return
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise AddressInvalid(field, "should be percent-encoded UTF-8, as in caf%C3%A9") from None
    if "\0" in text:
        raise AddressInvalid(field, "holds a NUL character (%00), which is no text")
