import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp
from structlog.testing import capture_logs

Serve = Callable[[ASGIApp], contextlib.AbstractAsyncContextManager[httpx.AsyncClient]]


@contextlib.asynccontextmanager
async def _serve(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        host, port = listener.getsockname()
        async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
            yield client
    finally:
        server.should_exit = True
        await task


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serves an application on loopback for as long as the block runs."""
    return _serve


@pytest.fixture(scope="module", autouse=True)
def _silence() -> Iterator[None]:
    """The errors that are made here on purpose needn't be drawn on the terminal."""
    with capture_logs():
        yield
