"""What fakes have in common that only take things: they keep what came, or misbehave on purpose.

A fault is `ok`, `hang`, `cut`, `garbage` or `status-503` and any other status, with
`status-429-after-7` for a wait that is asked for. What comes in a fault other than `garbage` isn't
kept.
"""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

from tests.fakes.http_server import Exchange, HttpServer, Request

_PATIENCE_SECONDS = 20.0
_STATUS = re.compile(r"status-(?P<code>\d{3})(?:-after-(?P<after>\d+))?")
_GARBAGE = b"\x00\xff<html>no answer of this kind"


class Taking(ABC):
    """`async with` it. `attempts` counts requests, whatever became of them."""

    def __init__(self, fault: str = "ok", *, port: int = 0) -> None:
        self.fault = fault
        self.attempts = 0
        self._news = asyncio.Condition()
        self._held: set[Exchange] = set()
        self._server = HttpServer(self._handle, port=port)

    @property
    def port(self) -> int:
        return self._server.port

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._server.__aexit__(*exc)

    def let_go(self) -> None:
        """Hangs up on who was held by `hang`, and behaves."""
        self.fault = "ok"
        for exchange in self._held:
            exchange.hang_up()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for something to be true, looking each time something came."""
        async with asyncio.timeout(_PATIENCE_SECONDS), self._news:
            await self._news.wait_for(holds)

    @abstractmethod
    def take(self, request: Request) -> tuple[bytes, str]:
        """Keeps what came; the answer, and its type. Raises `ValueError` on what it can't read."""

    async def _handle(self, exchange: Exchange) -> None:
        self.attempts += 1
        try:
            await self._answer(exchange)
        finally:
            await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _answer(self, exchange: Exchange) -> None:
        if self.fault == "hang":
            self._held.add(exchange)
            await self._tell()
            await asyncio.Event().wait()
        elif self.fault == "cut":
            exchange.hang_up()
        elif match := _STATUS.fullmatch(self.fault):
            headers = {"retry-after": match["after"]} if match["after"] else {}
            exchange.answer(int(match["code"]), b"{}", headers)
        else:
            self._kept(exchange)

    def _kept(self, exchange: Exchange) -> None:
        try:
            body, kind = self.take(exchange.request)
        except ValueError as error:
            exchange.answer(400, str(error).encode(), {"content-type": "text/plain"})
        else:
            sent = _GARBAGE if self.fault == "garbage" else body
            exchange.answer(200, sent, {"content-type": kind})
