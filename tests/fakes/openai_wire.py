"""A provider on loopback that speaks the OpenAI wire, well or badly as it is told.

In a test:

    async with FakeOpenAI(reply=lambda body: "Hello") as upstream:
        ...  # upstream.base_url, upstream.requests, upstream.fault = "cut"

As a process of its own, for benchmarks and crash tests:

    python -m tests.fakes.openai_wire --port 9999 --latency 0.2 --reply negotiating

A request's fault is the one its model is named for (see `openai_faults`; what follows an `@` in the
name keeps models apart that have the same fault), else the next of
`faults`, else `fault`. `GET /requests` lists the bodies received so far.
"""

import argparse
import asyncio
import json
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Self

from tests.fakes.http_server import Exchange, HttpServer, Recorded
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_faults import behaviour
from tests.fakes.openai_frames import BeforeToken, Script, script, vectors

Reply = Callable[[dict[str, Any]], str | dict[str, Any]]
"""From the request's body to what the model says: text, or an object where one was asked for."""


class FakeOpenAI:
    """`latency` is seconds before the first token, `token_delay` before each further one.
    `usage` is added to what an answer reports, `models_payload` takes the place of the list of
    `models`. `before_answer` is awaited with a question in hand, `before_listing` with any other
    request, `before_token` before each token of a stream."""

    def __init__(
        self,
        *,
        reply: Reply | None = None,
        fault: str = "ok",
        latency: float = 0.0,
        token_delay: float = 0.0,
        models: tuple[str, ...] = ("fake-small", "fake-large"),
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.reply: Reply = reply or (lambda body: "Hello from the fake model.")
        self.fault = fault
        self.faults: deque[str] = deque()
        self.latency = latency
        self.token_delay = token_delay
        self.models = models
        self.usage: dict[str, Any] = {}
        self.models_payload: object = None
        self.before_answer: Callable[[], Awaitable[object]] | None = None
        self.before_listing: Callable[[], Awaitable[object]] | None = None
        self.before_token: BeforeToken | None = None
        self.requests: deque[Recorded] = deque(maxlen=100_000)
        self._server = HttpServer(self._handle, host=host, port=port, tls=tls)

    @property
    def base_url(self) -> str:
        scheme = "https" if self._server.tls else "http"
        return f"{scheme}://{self._server.host}:{self._server.port}/v1"

    @property
    def accepted(self) -> int:
        """Connections taken so far."""
        return self._server.accepted

    @property
    def chats(self) -> list[Recorded]:
        """The chat requests received so far. Services also ask for models, whenever they like."""
        return [r for r in self.requests if r.path.endswith("/chat/completions")]

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The bodies of the chat requests received so far."""
        return [r.body for r in self.chats]

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._server.__aexit__(*exc)

    async def _handle(self, exchange: Exchange) -> None:
        request = exchange.request
        if request.path == "/requests":
            _json(exchange, [recorded.body for recorded in self.requests])
            return
        body = json.loads(request.body or b"{}")
        self.requests.append(Recorded(request.method, request.path, request.headers, body, request))
        asked = request.path.endswith(("/chat/completions", "/embeddings"))
        before = self.before_answer if asked else self.before_listing
        if before is not None:
            await before()
        if request.path.endswith("/models"):
            listed = {"object": "list", "data": [_model(name) for name in self.models]}
            _json(exchange, self.models_payload or listed)
        elif request.path.endswith("/chat/completions"):
            await behaviour(self._fault(body))(exchange, self._script(body))
        elif request.path.endswith("/embeddings"):
            await self._embed(exchange, body)
        else:
            exchange.answer(404, b"{}", {"content-type": "application/json"})

    async def _embed(self, exchange: Exchange, body: dict[str, Any]) -> None:
        fault = self._fault(body)
        if fault == "ok":
            _json(exchange, vectors(body))
        else:
            await behaviour(fault)(exchange, self._script(body))

    def _fault(self, body: dict[str, Any]) -> str:
        name = str(body.get("model")).partition("@")[0]
        if behaviour.knows(name):
            return name
        return self.faults.popleft() if self.faults else self.fault

    def _script(self, body: dict[str, Any]) -> Script:
        return script(
            body,
            self.reply(body),
            usage=self.usage,
            latency=self.latency,
            token_delay=self.token_delay,
            before_token=self.before_token,
        )


def _json(exchange: Exchange, payload: object) -> None:
    exchange.answer(200, json.dumps(payload).encode(), {"content-type": "application/json"})


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "fake"}


async def _serve(arguments: argparse.Namespace) -> None:
    fake = FakeOpenAI(
        reply=negotiate if arguments.reply == "negotiating" else None,
        fault=arguments.fault,
        latency=arguments.latency,
        token_delay=arguments.token_delay,
        host=arguments.host,
        port=arguments.port,
    )
    async with fake:
        print(fake.base_url, flush=True)  # noqa: T201  # whoever started it reads the address
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--token-delay", type=float, default=0.0)
    parser.add_argument("--fault", default="ok")
    parser.add_argument("--reply", choices=("text", "negotiating"), default="text")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
