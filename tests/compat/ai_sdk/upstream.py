"""A vendor that can be held in mid-answer."""

import asyncio
import json
from typing import Any

from tests.fakes.http_server import Exchange, Recorded
from tests.fakes.openai_frames import script
from tests.fakes.openai_wire import FakeOpenAI

_EVENTS = {"content-type": "text/event-stream; charset=utf-8"}


class HeldUpstream(FakeOpenAI):
    """While it is `held`, an answer stops after its first word, until it is let go."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._go = asyncio.Event()
        self._go.set()

    def hold(self) -> None:
        self._go.clear()

    def let_go(self) -> None:
        self._go.set()

    async def _handle(self, exchange: Exchange) -> None:
        if self._go.is_set() or not exchange.request.path.endswith("/chat/completions"):
            await super()._handle(exchange)
        else:
            await self._held(exchange)

    async def _held(self, exchange: Exchange) -> None:
        request = exchange.request
        body = json.loads(request.body)
        self.requests.append(Recorded(request.method, request.path, request.headers, body, request))
        told = script(body, self.reply(body))
        exchange.begin_chunked(_EVENTS)
        first, *rest = told.pieces
        exchange.chunk(told.role() + told.chunk(first))
        await self._go.wait()
        exchange.chunk(b"".join([*map(told.chunk, rest), *told.closing()]))
        exchange.end_chunked()
