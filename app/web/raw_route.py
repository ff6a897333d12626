"""A route that is described like any other, and served without the framework's help.

Reading parameters, validating a body and building a response object cost a call to a model as much
as all the rest of it. Here a plain ASGI application answers; the endpoint function only lends its
signature to the API description, and is never called.
"""

from typing import Any

from fastapi import HTTPException
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send


def served_by(app: ASGIApp) -> type[APIRoute]:
    """What `add_api_route` takes as `route_class_override`."""

    class RawRoute(APIRoute):
        async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
            methods = self.methods or set()
            if scope["method"] not in methods:
                raise HTTPException(405, headers={"Allow": ", ".join(methods)})
            await app(scope, receive, send)

    return RawRoute


async def body_of(receive: Receive) -> bytes:
    """The whole body; bounded by the middleware."""
    message: Any = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body
