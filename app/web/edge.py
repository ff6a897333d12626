"""What every request gets, in one pass: layer upon layer would cost as much as the endpoints."""

from collections.abc import Awaitable

import structlog
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.spans import SpanSink
from app.kit.trace import enter_trace
from app.web.access_log import AccessLog
from app.web.body_limit import BodyLimit
from app.web.error_boundary import ErrorForms
from app.web.request_context import HEADER, bind_request
from app.web.tracing import HEADER as TRACEPARENT
from app.web.tracing import begin_trace, traced
from app.web.well_formed import check_address

log = structlog.get_logger()

_ID_HEADER = HEADER.encode()
_LINE = "access_line"
_VARIES = (b"vary", b"Origin")
"""Told to everybody: the same answer to a page of another origin has more headers."""


class Edge:
    """In this order: an id and a trace on everything, a line in the log, a span where somebody
    wants one, and what CORS wants of pages of other origins, also on errors, which a browser hides
    without it; then every exception turned into an answer, the address checked and the body
    bounded."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        cors: dict[str, object],
        access_log: AccessLog,
        errors: ErrorForms,
        limit: BodyLimit,
        spans: SpanSink,
    ) -> None:
        self._app = app
        self._cors = CORSMiddleware(self._bounded, **cors)  # type: ignore[arg-type]  # from one place
        self._access_log = access_log
        self._errors = errors
        self._limit = limit
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        offered, traceparent, pages = _told_by(scope)
        begun = begin_trace(traceparent)
        enter_trace(begun.trace)
        request_id = bind_request(scope, offered, begun.trace.trace_id).encode()
        line = self._access_log.begin(scope)

        def told(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                extra = [(_ID_HEADER, request_id)] if pages else [_VARIES, (_ID_HEADER, request_id)]
                message["headers"] = [*message.get("headers", ()), *extra]
                line.answer_begins(message)
            return send(message)

        scope[_LINE] = line
        try:
            serve: ASGIApp = self._cors if pages else self._bounded
            if self._spans.on:
                serve = traced(serve, begun, self._spans, request_id.decode())
            await serve(scope, receive, told)
        finally:
            line.end()

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Once an answer has begun it can't be changed any more: the error is logged and raised
        again, which has the server cut the connection, so that nobody takes half an answer for a
        whole one."""
        declared, chunked = b"", False
        for name, value in scope["headers"]:
            if name == b"content-length":
                declared = value
            elif name == b"transfer-encoding":
                chunked = True
        try:
            check_address(scope)
            bounded = self._limit.bounded(receive, scope["path"], declared, chunked=chunked)
            await self._app(scope, bounded, send)
        except ClientDisconnect:
            log.debug("request.abandoned")
        except Exception as error:
            answer = self._errors.answer(error, scope)
            if scope[_LINE].status is not None:
                raise
            await answer(scope, receive, send)


def _told_by(scope: Scope) -> tuple[bytes, bytes, bool]:
    """The id that is offered, the trace, and whether a page of some origin asks."""
    offered, traceparent, pages = b"", b"", False
    for name, value in scope["headers"]:
        if name == _ID_HEADER:
            offered = value
        elif name == TRACEPARENT:
            traceparent += value  # two of them are none
        elif name == b"origin":
            pages = True
    return offered, traceparent, pages
