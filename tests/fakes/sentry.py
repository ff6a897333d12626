"""Sentry on loopback: takes envelopes, and reads what is in them.

    async with FakeSentry() as sentry:
        ...  # SENTRY_DSN=sentry.dsn; sentry.events, sentry.transactions, sentry.raw

https://develop.sentry.dev/sdk/foundations/envelopes/. Faults are those of `taking`.
"""

import gzip
import json
from collections.abc import Iterator
from typing import Any

from tests.fakes.http_server import Request
from tests.fakes.taking import Taking

KEY = "sentry-public-key"
_PATH = "/api/7/envelope/"

Json = dict[str, Any]


class FakeSentry(Taking):
    def __init__(self, fault: str = "ok", *, port: int = 0) -> None:
        super().__init__(fault, port=port)
        self.items: list[tuple[str, Json]] = []
        """What came, by type: event, transaction, span, client_report."""
        self.raw: list[bytes] = []
        """The envelopes as they were, unpacked."""
        self.headers: list[dict[str, str]] = []

    @property
    def dsn(self) -> str:
        return f"http://{KEY}@127.0.0.1:{self.port}/7"

    @property
    def events(self) -> list[Json]:
        return self.of("event")

    @property
    def transactions(self) -> list[Json]:
        return self.of("transaction")

    def of(self, kind: str) -> list[Json]:
        return [item for found, item in self.items if found == kind]

    def take(self, request: Request) -> tuple[bytes, str]:
        if request.method != "POST" or request.path != _PATH:
            raise ValueError(f"{request.method} {request.path} is not how envelopes come")
        if f"sentry_key={KEY}" not in request.headers.get("x-sentry-auth", ""):
            raise ValueError("the key is missing")
        packed = request.headers.get("content-encoding") == "gzip"
        raw = gzip.decompress(request.body) if packed else request.body
        items = list(_items(raw))
        self.raw.append(raw)
        self.headers.append(request.headers)
        self.items += items
        return json.dumps({"id": items[0][1].get("event_id", "")}).encode(), "application/json"


def _items(raw: bytes) -> Iterator[tuple[str, Json]]:
    """A line of headers for the envelope, then one for each item, and the item itself."""
    head, _, rest = raw.partition(b"\n")
    json.loads(head)
    while rest.strip():
        line, _, rest = rest.partition(b"\n")
        header = json.loads(line)
        length = header.get("length", rest.find(b"\n"))
        yield header["type"], json.loads(rest[:length])
        rest = rest[length:].removeprefix(b"\n")
