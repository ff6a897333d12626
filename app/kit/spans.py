"""What was done, from when to when: as plain values, before any vendor's form."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Protocol

from app.kit.frozen import frozen
from app.kit.trace import TraceContext

Value = str | int | float | bool | tuple[str, ...]


class SpanKind(StrEnum):
    """Who waits for it, as OpenTelemetry tells it: a caller, a queue, or this service itself."""

    SERVER = "server"
    CONSUMER = "consumer"
    CLIENT = "client"


@frozen
class Moment:
    """Something that happened within a span, at `at` nanoseconds since 1970."""

    name: str
    at: int


@frozen
class Span:
    """One piece of work, ended. `trace` has its own id, `parent_id` that of the span around it.

    `root`: the outermost of this process, a request or a job. Times are nanoseconds since 1970.
    `attributes` go by OpenTelemetry's semantic conventions where they have a name for it, and are
    never text that somebody wrote. `error` is a code or the name of a class; None when all went
    well, and when what went wrong was the caller's.
    """

    name: str
    kind: SpanKind
    trace: TraceContext
    parent_id: str | None
    root: bool
    start: int
    end: int
    attributes: Mapping[str, Value] = field(default_factory=dict)
    error: str | None = None
    moments: tuple[Moment, ...] = ()


class SpanSink(Protocol):
    """Where spans go. Nothing here blocks or raises."""

    @property
    def on(self) -> bool:
        """Whether anybody takes spans at all."""
        ...

    def begin(self, trace: TraceContext) -> bool:
        """Tells that an outermost span begins; whether anybody wants it."""
        ...

    def wants(self, trace: TraceContext) -> bool:
        """Whether anybody wants the spans of this trace."""
        ...

    def end(self, span: Span) -> None: ...


class NoSpans:
    """Takes none."""

    on = False

    def begin(self, trace: TraceContext) -> bool:  # noqa: ARG002  # of the protocol
        return False

    def wants(self, trace: TraceContext) -> bool:  # noqa: ARG002  # of the protocol
        return False

    def end(self, span: Span) -> None:
        pass
