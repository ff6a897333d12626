"""The least that stands between a client and a vendor: bytes in, bytes out, nothing looked at.

    python -m bench.passthrough http://127.0.0.1:9999/v1

What a gateway costs beside this is what it does.
"""

import asyncio
import sys

import aiohttp
from aiohttp import web

_UPSTREAM = web.AppKey("upstream", str)
_SESSION = web.AppKey("session", aiohttp.ClientSession)


async def _pass(request: web.Request) -> web.StreamResponse:
    url, session = request.app[_UPSTREAM], request.app[_SESSION]
    body = await request.read()
    headers = {"content-type": "application/json"}
    async with session.post(f"{url}/chat/completions", data=body, headers=headers) as answer:
        kind = answer.content_type
        if kind == "application/json":
            return web.Response(body=await answer.read(), content_type=kind)
        response = web.StreamResponse(headers={"content-type": kind})
        await response.prepare(request)
        async for data in answer.content.iter_any():
            await response.write(data)
        await response.write_eof()
        return response


async def serve(upstream: str) -> None:
    app = web.Application()
    app[_UPSTREAM] = upstream
    app.router.add_post("/v1/chat/completions", _pass)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        app[_SESSION] = session
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=2048)
        await site.start()
        sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(sys.argv[1]))
