"""A model that stops in mid-answer until it is let go."""

import asyncio
import json
from typing import Any

from tests.fakes.http_server import Exchange
from tests.fakes.openai_frames import script
from tests.fakes.openai_wire import FakeOpenAI

HALT = "|"
_EVENTS = {"content-type": "text/event-stream; charset=utf-8"}


class HaltingUpstream(FakeOpenAI):
    """Answers with `answer`, and waits for `go` at each `|` in it. With `breaks` it hangs up in
    place of an end."""

    def __init__(self, answer: str, **options: Any) -> None:
        super().__init__(**options)
        self.answer = answer
        self.go = asyncio.Event()
        self.breaks = False

    async def _handle(self, exchange: Exchange) -> None:
        if not exchange.request.path.endswith("/chat/completions"):
            await super()._handle(exchange)
            return
        body = json.loads(exchange.request.body)
        first, *rest = self.answer.split(HALT)
        told = script(body, self.answer)
        exchange.begin_chunked(_EVENTS)
        exchange.chunk(told.role() + told.chunk({"content": first}))
        for piece in rest:
            await self.go.wait()
            exchange.chunk(told.chunk({"content": piece}))
        if self.breaks:
            exchange.hang_up()
            return
        exchange.chunk(b"".join(told.closing()))
        exchange.end_chunked()
