"""Gives each request its trace: the caller's, told by `traceparent`, or one of its own.

https://www.w3.org/TR/trace-context/. There is one span for a request, a stream's too: from its
first line to the end of the answer, with the moment at which the answer began.
"""

import re
import time
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.frozen import frozen
from app.kit.spans import Moment, Span, SpanKind, SpanSink, Value
from app.kit.trace import TraceContext, new_span_id, new_trace
from app.web.request_context import TEMPLATE

HEADER = b"traceparent"
BEGUN = "response.begun"

_UNTRACED = ("/livez", "/readyz", "/console/", "/docs", "/openapi.json")
_SAMPLED = 0x01
_VERSION_0 = "00"
_TRACEPARENT = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
"""Version, trace, parent, flags, and what a later version may add."""


@frozen
class Begun:
    """A trace in this process; `parent_id` is the caller's span, where there is one."""

    trace: TraceContext
    parent_id: str | None = None


def begin_trace(traceparent: bytes) -> Begun:
    """The trace of a request; one of its own where `traceparent` is empty or malformed."""
    found = _TRACEPARENT.fullmatch(traceparent.decode("latin-1")) if traceparent else None
    if found is None:
        return Begun(new_trace())
    version, trace_id, parent_id, flags, more = found.groups()
    if more and version == _VERSION_0:
        return Begun(new_trace())
    sampled = bool(int(flags, 16) & _SAMPLED)
    return Begun(TraceContext(trace_id, new_span_id(), sampled, remote=True), parent_id)


def traced(app: ASGIApp, begun: Begun, sink: SpanSink, request_id: str) -> ASGIApp:
    """`app` for one request, which leaves a span, where somebody wants it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(_UNTRACED) or not sink.begin(begun.trace):
            await app(scope, receive, send)
            return
        span = _RequestSpan(begun, request_id, time.time_ns())

        def noted(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                span.answer_begins(message["status"], time.time_ns())
            return send(message)

        try:
            await app(scope, receive, noted)
        except Exception as error:
            span.error = type(error).__name__
            raise
        finally:
            sink.end(span.ended(scope, time.time_ns()))

    return serve


class _RequestSpan:
    """One that is open. `status` None: no answer began, since the caller left."""

    def __init__(self, begun: Begun, request_id: str, now: int) -> None:
        self.error: str | None = None
        self._begun = begun
        self._request_id = request_id
        self._start = now
        self._status: int | None = None
        self._moments: tuple[Moment, ...] = ()

    def answer_begins(self, status: int, now: int) -> None:
        self._status = status
        self._moments = (Moment(BEGUN, now),)
        if status >= 500:
            self.error = str(status)

    def ended(self, scope: Scope, now: int) -> Span:
        route, method = _route(scope), scope["method"]
        attributes: dict[str, Value] = {
            "http.request.method": method,
            "parley.request_id": self._request_id,
        }
        if route:
            attributes["http.route"] = route
        if self._status is not None:
            attributes["http.response.status_code"] = self._status
        return Span(
            name=f"{method} {route}" if route else method,
            kind=SpanKind.SERVER,
            trace=self._begun.trace,
            parent_id=self._begun.parent_id,
            root=True,
            start=self._start,
            end=now,
            attributes=attributes,
            error=self.error,
            moments=self._moments,
        )


def _route(scope: Scope) -> str:
    """The path as it is declared, which tells nothing of who asked for what; empty for none."""
    declared: str | None = scope.get(TEMPLATE)
    return declared or str(getattr(scope.get("route"), "path", ""))
