"""A router whose endpoints take strict JSON."""

from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope

from app.web.errors import RequestInvalid
from app.web.examples import examples_of
from app.web.json_body import parse

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _ParsedRequest(Request):
    """A request whose body was read, checked and parsed before the framework looks at it."""

    def __init__(self, scope: Scope, receive: Receive, raw: bytes, value: Any) -> None:
        super().__init__(scope, receive)
        self._raw = raw
        self._value = value

    async def body(self) -> bytes:
        return self._raw

    async def json(self) -> Any:
        return self._value


class StrictRoute(APIRoute):
    """Where an endpoint takes a body, it is JSON, whatever the content type says or doesn't.

    Where it takes none, what is sent isn't read.
    """

    def get_route_handler(self) -> Handler:
        handle = self._explaining(super().get_route_handler())
        if self.body_field is None:
            return handle

        async def strict(request: Request) -> Response:
            raw = await request.body()
            value = parse(raw) if raw else None
            return await handle(
                _ParsedRequest(_as_json(request.scope), request.receive, raw, value)
            )

        return strict

    def _explaining(self, handle: Handler) -> Handler:
        """Only here it is known what each field of the request should be. The description is made
        when first something is wrong, which takes some milliseconds."""
        examples = cache(lambda: examples_of(self))

        async def explained(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                raise RequestInvalid(error, examples()) from error

        return explained


def _as_json(scope: Scope) -> Scope:
    others = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
    return {**scope, "headers": [*others, (b"content-type", b"application/json")]}


class Router(APIRouter):
    """What every slice builds its endpoints on."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=StrictRoute, **options)
