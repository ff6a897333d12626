"""One line per request; two for a stream, which may stay open for an hour."""

import time

import structlog
from starlette.types import Message, Scope

log = structlog.get_logger()

_SILENT = {"/livez", "/readyz"}
_STREAM = b"text/event-stream"


class AccessLog:
    """`accounted` has the paths, by how they begin, that keep an account of every call themselves:
    what goes well there isn't told twice."""

    def __init__(self, accounted: tuple[str, ...] = ()) -> None:
        self._accounted = accounted

    def begin(self, scope: Scope) -> "AccessLine":
        path = scope["path"]
        return AccessLine(
            silent=path in _SILENT,
            accounted=bool(self._accounted) and path.startswith(self._accounted),
        )


class AccessLine:
    """What will be told of one request; `status` is None until its answer began."""

    __slots__ = ("_accounted", "_event", "_silent", "_started", "status")

    def __init__(self, *, silent: bool, accounted: bool) -> None:
        self.status: int | None = None
        self._silent = silent
        self._accounted = accounted
        self._event = "request"
        self._started = time.perf_counter()

    def answer_begins(self, message: Message) -> None:
        self.status = message["status"]
        for name, value in message["headers"]:
            if name == b"content-type" and value.startswith(_STREAM):
                self._event = "stream.closed"
                if self._told:
                    log.info("stream.opened", status=self.status)

    def end(self) -> None:
        if self._told:
            duration = round((time.perf_counter() - self._started) * 1000, 1)
            log.info(self._event, status=self.status, duration_ms=duration)

    @property
    def _told(self) -> bool:
        if self._accounted:
            return self.status is None or self.status >= 400
        return not self._silent
