"""What the fakes of vendors with a wire of their own have in common: a server, and its faults.

A request's fault is the one its model is named for, else the next of `faults`, else `fault`.
`status-503` and `status-429-after-7` take any status and seconds.
"""

import asyncio
import gzip
import json
import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

from tests.fakes.http_server import Exchange, HttpServer, Recorded, Request

PIECE = re.compile(r"\S+\s*|\s+")
"""A word, as a token."""

JSON = {"content-type": "application/json"}
EVENTS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
_STATUS = re.compile(r"status-(?P<code>\d{3})(?:-after-(?P<after>.+))?")

Reply = Callable[[dict[str, Any]], str | dict[str, Any]]
"""From the request's body to what the model says: text, or an object where one was asked for."""


@dataclass(frozen=True, slots=True)
class Script:
    """The frames of one answer; `closing` begins with the one that says why the model stopped.
    `error` makes the body of an error out of status and message."""

    body: dict[str, Any]
    opening: tuple[bytes, ...]
    pieces: tuple[bytes, ...]
    closing: tuple[bytes, ...]
    error: Callable[[int, str], dict[str, Any]]

    @property
    def frames(self) -> tuple[bytes, ...]:
        return (*self.opening, *self.pieces, *self.closing)

    @property
    def half(self) -> tuple[bytes, ...]:
        return (*self.opening, *self.pieces[: max(1, len(self.pieces) // 2)])


Fault = Callable[[Exchange, Script], Awaitable[None]]


class NativeFake(ABC):
    """`async with` it: it listens on `base_url` until the block ends. Subclasses know the wire."""

    faults_of_its_own: dict[str, Fault] = {}  # noqa: RUF012  # never changed

    def __init__(self, *, reply: Reply | None = None, fault: str = "ok") -> None:
        self.reply: Reply = reply or (lambda body: "Hello from the fake model.")
        self.fault = fault
        self.faults: deque[str] = deque()
        self.requests: deque[Recorded] = deque(maxlen=10_000)
        self._server = HttpServer(self._handle)

    @property
    def base_url(self) -> str:
        return f"http://{self._server.host}:{self._server.port}"

    @property
    def accepted(self) -> int:
        """Connections taken so far."""
        return self._server.accepted

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The bodies received so far."""
        return [recorded.body for recorded in self.requests if recorded.method == "POST"]

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._server.__aexit__(*exc)

    async def _handle(self, exchange: Exchange) -> None:
        request = exchange.request
        body = json.loads(request.body or b"{}")
        self.requests.append(Recorded(request.method, request.path, request.headers, body, request))
        if not self.admits(request):
            answer(exchange, self.error(401, "the fake wants a key"), status=401)
        else:
            await self.route(exchange, body)

    async def play(self, name: str, exchange: Exchange, script: Script) -> None:
        """Behaves as `name` wants it, or as the next fault does where it names none."""
        fault = self._named(name) or self._named(self._next())
        assert fault is not None
        await fault(exchange, script)

    def _next(self) -> str:
        return self.faults.popleft() if self.faults else self.fault

    def _named(self, name: str) -> Fault | None:
        if match := _STATUS.fullmatch(name):
            return _status(int(match["code"]), match["after"])
        return self.faults_of_its_own.get(name) or FAULTS.get(name)

    @abstractmethod
    def admits(self, request: Request) -> bool: ...

    @abstractmethod
    def error(self, status: int, message: str) -> dict[str, Any]: ...

    @abstractmethod
    async def route(self, exchange: Exchange, body: dict[str, Any]) -> None: ...


def answer(exchange: Exchange, payload: object, *, status: int = 200) -> None:
    exchange.answer(status, json.dumps(payload).encode(), JSON)


def stream(exchange: Exchange, *frames: bytes) -> None:
    exchange.begin_chunked(EVENTS)
    for sent in frames:
        exchange.chunk(sent)
    exchange.end_chunked()


async def begin_and_wait(exchange: Exchange, *frames: bytes) -> None:
    exchange.begin_chunked(EVENTS)
    for sent in frames:
        exchange.chunk(sent)
    await asyncio.Event().wait()


def _status(code: int, after: str | None) -> Fault:
    async def refuse(exchange: Exchange, script: Script) -> None:
        body = json.dumps(script.error(code, f"the fake says {code}")).encode()
        exchange.answer(code, body, JSON | ({"retry-after": after} if after else {}))

    return refuse


async def _ok(exchange: Exchange, script: Script) -> None:
    stream(exchange, *script.frames)


async def _refuse(exchange: Exchange, script: Script) -> None:
    exchange.hang_up()


async def _silence(exchange: Exchange, script: Script) -> None:
    await asyncio.Event().wait()


async def _silence_after_headers(exchange: Exchange, script: Script) -> None:
    await begin_and_wait(exchange)


async def _silence_in_mid_answer(exchange: Exchange, script: Script) -> None:
    await begin_and_wait(exchange, *script.half)


async def _hanging_after_finish(exchange: Exchange, script: Script) -> None:
    """All was said, but the body never ends."""
    await begin_and_wait(exchange, *script.opening, *script.pieces, script.closing[0])


async def _lingering(exchange: Exchange, script: Script) -> None:
    """The answer is complete in every form, and the connection stays open."""
    await begin_and_wait(exchange, *script.frames)


async def _cut(exchange: Exchange, script: Script) -> None:
    """The connection is gone in mid-answer."""
    exchange.begin_chunked(EVENTS)
    exchange.chunk(b"".join(script.half))
    exchange.hang_up()


async def _cut_after_finish(exchange: Exchange, script: Script) -> None:
    exchange.begin_chunked(EVENTS)
    exchange.chunk(b"".join((*script.opening, *script.pieces, script.closing[0])))
    exchange.hang_up()


async def _cut_cleanly(exchange: Exchange, script: Script) -> None:
    """The body ends as HTTP wants it; only the answer isn't all there."""
    stream(exchange, *script.half)


async def _empty(exchange: Exchange, script: Script) -> None:
    exchange.answer(200, b"", EVENTS)


async def _html(exchange: Exchange, script: Script) -> None:
    page = b"<html><body><h1>Welcome to the hotel network</h1></body></html>"
    exchange.answer(200, page, {"content-type": "text/html"})


async def _garbage(exchange: Exchange, script: Script) -> None:
    exchange.raw(b"\x16\x03\x01\x02 this was never HTTP\r\n\r\n")
    exchange.hang_up()


async def _redirect(exchange: Exchange, script: Script) -> None:
    exchange.answer(307, b"", {"location": "http://127.0.0.1:9/elsewhere"})


async def _gzipped(exchange: Exchange, script: Script) -> None:
    body = gzip.compress(b"".join(script.frames))
    exchange.answer(200, body, EVENTS | {"content-encoding": "gzip"})


async def _broken_gzip(exchange: Exchange, script: Script) -> None:
    exchange.answer(200, b"this is no gzip", EVENTS | {"content-encoding": "gzip"})


async def _one_byte(exchange: Exchange, script: Script) -> None:
    """Every byte comes alone, so that lines, frames and characters are torn apart."""
    exchange.begin_chunked(EVENTS)
    for byte in b"".join(script.frames):
        exchange.chunk(bytes((byte,)))
        await asyncio.sleep(0)
    exchange.end_chunked()


async def _crlf(exchange: Exchange, script: Script) -> None:
    stream(exchange, *(sent.replace(b"\n", b"\r\n") for sent in script.frames))


async def _echo_key(exchange: Exchange, script: Script) -> None:
    """Repeats the credentials it was sent, as careless servers do."""
    headers = exchange.request.headers
    sent = headers.get("authorization") or headers.get("x-goog-api-key", "")
    answer(exchange, script.error(401, f"Incorrect API key provided: {sent}"), status=401)


FAULTS: dict[str, Fault] = {
    "broken-gzip": _broken_gzip,
    "crlf": _crlf,
    "cut": _cut,
    "cut-after-finish": _cut_after_finish,
    "cut-cleanly": _cut_cleanly,
    "echo-key": _echo_key,
    "empty": _empty,
    "garbage": _garbage,
    "gzipped": _gzipped,
    "hanging-after-finish": _hanging_after_finish,
    "html": _html,
    "lingering": _lingering,
    "ok": _ok,
    "one-byte": _one_byte,
    "redirect": _redirect,
    "refuse": _refuse,
    "silence": _silence,
    "silence-after-headers": _silence_after_headers,
    "silence-in-mid-answer": _silence_in_mid_answer,
}
