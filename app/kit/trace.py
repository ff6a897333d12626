"""The trace that is worked in: a request's, a job's, or one that a caller began.

Ids are those of W3C Trace Context: https://www.w3.org/TR/trace-context/
"""

from contextvars import ContextVar, Token
from os import urandom

from app.kit.frozen import frozen


@frozen
class TraceContext:
    """`trace_id` has 32 and `span_id` 16 hexadecimal digits; `span_id` is that of the span that is
    open now. `sampled` says whether spans are kept at all. `remote`: a caller began the trace, and
    decided on `sampled`."""

    trace_id: str
    span_id: str
    sampled: bool = True
    remote: bool = False

    def child(self) -> "TraceContext":
        """The same trace, in a new span."""
        return TraceContext(self.trace_id, new_span_id(), self.sampled, self.remote)


_current: ContextVar[TraceContext | None] = ContextVar("trace", default=None)


def current_trace() -> TraceContext | None:
    return _current.get()


def enter_trace(trace: TraceContext) -> Token[TraceContext | None]:
    return _current.set(trace)


def leave_trace(token: Token[TraceContext | None]) -> None:
    _current.reset(token)


def new_trace() -> TraceContext:
    """A trace of its own, and its first span."""
    digits = urandom(24).hex()
    return TraceContext(digits[:32], digits[32:])


def new_span_id() -> str:
    return urandom(8).hex()
