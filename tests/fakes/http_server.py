"""The least HTTP/1.1 server that can misbehave on purpose: it writes bytes when it is told to.

It keeps connections alive, answers one request at a time on each, and notices a client that
hangs up at once, also while it is itself silent.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client closes the connection before the answer was out."""


class Exchange:
    """One request and the means to answer it, byte by byte."""

    def __init__(self, request: Request, transport: asyncio.Transport) -> None:
        self.request = request
        self.headers: dict[str, str] = {}
        """Sent with every answer, beside its own."""
        self._transport = transport

    def raw(self, data: bytes) -> None:
        self._transport.write(data)

    def head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Because", *_lines(self.headers | headers)]
        self.raw("\r\n".join([*lines, "\r\n"]).encode())

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.head(status, headers | {"content-length": str(len(body))})
        self.raw(body)

    def begin_chunked(self, headers: dict[str, str], status: int = 200) -> None:
        self.head(status, headers | {"transfer-encoding": "chunked"})

    def chunk(self, data: bytes) -> None:
        self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    def end_chunked(self) -> None:
        self.raw(b"0\r\n\r\n")

    def hang_up(self) -> None:
        self._transport.close()


def _asks_for_websocket(data: bytes) -> bool:
    head, ended, _ = data.partition(b"\r\n\r\n")
    return bool(ended) and b"\r\nupgrade: websocket" in head.lower()


def _lines(headers: dict[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


Handler = Callable[[Exchange], Awaitable[None]]
Upgrade = Callable[[asyncio.Transport], asyncio.Protocol]


class HttpServer:
    """`async with HttpServer(handler) as server:` listens on `server.port` until the block ends.

    A connection on which a websocket is asked for goes to what `upgrade` makes for it.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        upgrade: Upgrade | None = None,
    ) -> None:
        self.handler = handler
        self.upgrade = upgrade
        self.tls = tls
        self.host = host
        self.port = port
        self.accepted = 0
        self.connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self), self.host, self.port, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        tasks = [connection.abort() for connection in tuple(self.connections)]
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)


class _Connection(asyncio.Protocol):
    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._buffer = b""
        self._request: Request | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.accepted += 1
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        if self._request is not None and self._task is not None:
            self._request.hung_up.set()
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._server.upgrade is not None and _asks_for_websocket(self._buffer):
            protocol = self._server.upgrade(self._transport)
            self._transport.set_protocol(protocol)
            protocol.data_received(self._buffer)
            return
        self._next_request()

    def abort(self) -> "asyncio.Task[None] | None":
        self._transport.abort()
        if self._task is not None:
            self._task.cancel()
        return self._task

    def _next_request(self) -> None:
        if self._request is None and (request := self._parse()) is not None:
            self._request = request
            self._task = asyncio.create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        await self._server.handler(Exchange(request, self._transport))
        self._request = None
        self._next_request()

    def _parse(self) -> Request | None:
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        method, path, _ = first.split(" ")
        return Request(method, path, headers, rest[:length])


@dataclass(frozen=True, slots=True)
class Recorded:
    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    request: Request

    async def hung_up(self) -> None:
        """Waits until the client has closed the connection in mid-answer."""
        await self.request.hung_up.wait()
