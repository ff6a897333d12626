"""Serves an application on an address, until told to stop."""

import logging
import socket
from collections.abc import Awaitable, Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import garbage
from app.kit.last_resort import end_soon
from app.web.errors import InternalError, meaning_of

GRACE_SECONDS = 3
"""How long open requests may take to end after SIGTERM; what else ends then needs time, too."""

_BACKLOG = 2048


class AddressInUse(Exception):
    """Nothing can be served there; the message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Takes the address, before anything expensive is started. Raises `AddressInUse`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        advice = "Stop what listens there, or set HOST and PORT to a free address, as in PORT=8001"
        raise AddressInUse(f"can't listen on {host}:{port} ({error}). {advice}") from None


def address_of(listener: socket.socket) -> str:
    """`http://127.0.0.1:8000`, as a browser on this machine takes it."""
    host, port = listener.getsockname()[:2]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # read, not bound
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


class _Startup:
    """Keeps what went wrong while the application opened, which the server would only log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failure: Exception | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        serve = self._open if scope["type"] == "lifespan" else self._app
        return serve(scope, receive, send)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def without_traceback(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                message = {"type": message["type"]}
            await send(message)

        try:
            await self._app(scope, receive, without_traceback)
        except Exception as error:
            self.failure = error
            raise


def _news(record: logging.LogRecord) -> bool:
    """False for an answer that broke off because of something expected: that has its line in the
    log, and a traceback beside it would look like a bug. False, too, for the advice to install
    what websockets need, which nothing here is served over."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        return isinstance(meaning_of(error), InternalError)
    return not str(record.msg).startswith("No supported WebSocket library")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            garbage.settle()
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        end_soon()
        super().handle_exit(sig, frame)


def serve(app: ASGIApp, listener: socket.socket, *, on_ready: Callable[[], None]) -> None:
    """Serves until SIGTERM or SIGINT, lets open requests end, and raises the signal again.

    Raises what the application raised, when it couldn't open.
    """
    startup = _Startup(app)
    logging.getLogger("uvicorn.error").addFilter(_news)
    config = uvicorn.Config(
        startup,
        interface="asgi3",
        http="httptools",
        lifespan="on",
        proxy_headers=False,  # nothing here asks where a request came from
        ws="none",  # it would load 1 MB
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        _Server(config, on_ready).run(sockets=[listener])
    except SystemExit:
        if startup.failure is not None:
            raise startup.failure from None
        raise
