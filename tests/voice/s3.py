"""As much of S3 as whole objects need: put, head, get with a range, delete."""

import re
from typing import Self
from urllib.parse import unquote

from tests.fakes.http_server import Exchange, HttpServer

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class FakeS3:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self._server = HttpServer(self._handle)

    @property
    def base_url(self) -> str:
        return f"http://{self._server.host}:{self._server.port}"

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._server.__aexit__(*exc)

    async def _handle(self, exchange: Exchange) -> None:
        request = exchange.request
        path = unquote(request.path.partition("?")[0])
        if request.method == "PUT":
            self.objects[path] = request.body
            exchange.answer(200, b"", {"etag": '"1"'})
        elif path not in self.objects:
            exchange.answer(404, b"", {})
        elif request.method == "DELETE":
            del self.objects[path]
            exchange.answer(204, b"", {})
        else:
            self._send(exchange, self.objects[path])

    def _send(self, exchange: Exchange, data: bytes) -> None:
        headers = {"etag": '"1"', "last-modified": "Sat, 31 Jan 2026 12:00:00 GMT"}
        found = _RANGE.fullmatch(exchange.request.headers.get("range", ""))
        if exchange.request.method == "HEAD":
            exchange.head(200, headers | {"content-length": str(len(data))})
        elif found:
            start, end = int(found[1]), min(int(found[2]) + 1, len(data))
            told = {"content-range": f"bytes {start}-{end - 1}/{len(data)}"}
            exchange.answer(206, data[start:end], headers | told)
        else:
            exchange.answer(200, data, headers)
