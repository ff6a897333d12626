"""The least that a Python service can do between a client and a vendor: bytes in, bytes out,
nothing looked at. A bare Starlette application under uvicorn, with aiohttp as its client.

    python -m bench.passthrough http://127.0.0.1:9999/v1

What a gateway costs beside this is what it does.
"""

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

_HEADERS = {"content-type": "application/json"}


def application(upstream: str) -> Starlette:
    sessions: list[aiohttp.ClientSession] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            sessions.append(session)
            yield

    async def pass_on(request: Request) -> Response:
        answer = await sessions[0].post(
            f"{upstream}/chat/completions", data=await request.body(), headers=_HEADERS
        )
        kind = answer.content_type
        if kind == "application/json":
            async with answer:
                return Response(await answer.read(), media_type=kind)
        return StreamingResponse(_pieces(answer), media_type=kind)

    route = Route("/v1/chat/completions", pass_on, methods=["POST"])
    return Starlette(routes=[route], lifespan=lifespan)


async def _pieces(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with answer:
        async for data in answer.content.iter_any():
            yield data


def serve(upstream: str) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        config = uvicorn.Config(
            application(upstream), http="httptools", log_config=None, access_log=False
        )
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    serve(sys.argv[1])
