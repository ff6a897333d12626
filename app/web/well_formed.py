"""Refuses a path or query that is no text: bad UTF-8 would be guessed at, NUL can't be stored."""

from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import FieldIssue, InvalidInput


class AddressInvalid(InvalidInput):
    """The path or a query parameter holds something that is no text."""

    def __init__(self, field: str, issue: str) -> None:
        super().__init__(f"{field} {issue}", details=(FieldIssue(field, issue),))


class WellFormedAddress:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            _check("path", scope.get("raw_path") or b"")
            for pair in scope["query_string"].split(b"&"):
                name, _, value = pair.replace(b"+", b" ").partition(b"=")
                _check("query", name)
                _check(unquote_to_bytes(name).decode(), value)
        await self._app(scope, receive, send)


def _check(field: str, raw: bytes) -> None:
    if b"%" not in raw and raw.isascii():
        return
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise AddressInvalid(field, "should be percent-encoded UTF-8, as in caf%C3%A9") from None
    if "\0" in text:
        raise AddressInvalid(field, "holds a NUL character (%00), which is no text")
