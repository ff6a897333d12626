"""Routes that are described like any other, and served without the framework's help.

Finding a route, reading its parameters, validating a body and building a response object cost more
than all the rest of a call to a model. Here a plain ASGI application answers; the endpoint function
lends its signature to the API description, and is never called.
"""

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, ClassVar

from fastapi import APIRouter, HTTPException
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.request_context import TEMPLATE


class RawRoute(APIRoute):
    raw: ClassVar[ASGIApp]

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reached by the router for what `RawPaths` doesn't know: methods that aren't served."""
        methods = self.methods or set()
        if scope["method"] not in methods:
            raise HTTPException(405, headers={"Allow": ", ".join(methods)})
        await type(self).raw(scope, receive, send)


def served_by(app: ASGIApp) -> type[RawRoute]:
    """What `add_api_route` takes as `route_class_override`."""
    return type("RawRoute", (RawRoute,), {"raw": staticmethod(app)})


def raw_paths(routers: Iterable[APIRouter]) -> Mapping[tuple[str, str], ASGIApp]:
    """By method and path; paths with parameters are left to the router."""
    routes = (route for router in routers for route in router.routes)
    return {
        (method, route.path): type(route).raw
        for route in routes
        if isinstance(route, RawRoute) and "{" not in route.path
        for method in route.methods or ()
    }


class RawPaths:
    """Sends requests for raw routes straight to them, past the router."""

    def __init__(self, app: ASGIApp, raw: Mapping[tuple[str, str], ASGIApp]) -> None:
        self._app = app
        self._raw = raw

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        asked = (scope.get("method", ""), scope.get("path", ""))
        raw = self._raw.get(asked)
        if raw is None:
            return self._app(scope, receive, send)
        scope[TEMPLATE] = asked[1]
        return raw(scope, receive, send)


async def body_of(receive: Receive) -> bytes:
    """The whole body; bounded by the middleware."""
    message: Any = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body
