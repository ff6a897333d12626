"""What the benchmarks' model vendors have in common: the least of an HTTP server."""

import asyncio
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import cast

from bench.wire import length_of


class Vendor(asyncio.Protocol, ABC):
    """One connection; requests come one at a time on each, and `answer` is called with each."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) >= length_of(head):
            self._received = b""
            self.answer(head, body)

    @abstractmethod
    def answer(self, head: bytes, body: bytes) -> None: ...


def serve(vendor: Callable[[], Vendor]) -> None:
    """On a free port of loopback, whose address is printed; until the process is ended."""
    import uvloop  # noqa: PLC0415  # there is none on Windows

    uvloop.run(_serve(vendor))


async def _serve(vendor: Callable[[], Vendor]) -> None:
    server = await asyncio.get_running_loop().create_server(vendor, "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"http://127.0.0.1:{port}/v1\n")
    sys.stdout.flush()
    await server.serve_forever()
