"""What an answer tells in its headers, beside its body."""

from collections.abc import Iterable

from starlette.types import Send

from app.llm import OpenCall

Headers = list[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")


def headers_of(opened: OpenCall) -> Headers:
    """`x-parley-model`, `-attempts` and `-cache`, and `-cost` in USD where it is known by now."""
    call = opened.call
    headers = [
        (b"x-parley-attempts", b"%d" % call.tries),
        (b"x-parley-cache", call.cache.encode()),
    ]
    if call.used is not None:
        headers.append((b"x-parley-model", _header(str(call.used))))
    if opened.entry is not None and opened.entry.cost is not None:
        headers.append((b"x-parley-cost", f"{opened.entry.cost:f}".encode()))
    return headers


async def send_json(send: Send, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [_JSON, length, *headers]})
    await send({"type": "http.response.body", "body": body})


def _header(text: str) -> bytes:
    """A model's name may hold anything; a header's value is printable ASCII."""
    return text.encode("ascii", "backslashreplace") if text.isprintable() else b"?"
