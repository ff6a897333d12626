"""Joins whoever makes spans to whoever takes them."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from app.kit.spans import Span, SpanSink
from app.kit.trace import TraceContext

log = structlog.get_logger()

_CERTAIN = 2**56
"""Of a trace id the last 56 bits are random: W3C Trace Context, level 2."""


class Spans:
    """Several sinks as one; none at first. What one of them does wrong costs a line of the log."""

    def __init__(self) -> None:
        self.on = False
        self._sinks: tuple[SpanSink, ...] = ()

    @contextmanager
    def going_to(self, *sinks: SpanSink) -> Iterator[None]:
        """For the length of the block."""
        self._sinks, self.on = sinks, bool(sinks)
        try:
            yield
        finally:
            self._sinks, self.on = (), False

    def begin(self, trace: TraceContext) -> bool:
        return True in [sink.begin(trace) for sink in self._sinks]

    def wants(self, trace: TraceContext) -> bool:
        return True in [sink.wants(trace) for sink in self._sinks]

    def end(self, span: Span) -> None:
        for sink in self._sinks:
            try:
                sink.end(span)
            except Exception:
                log.exception("span.refused", sink=type(sink).__name__)


def within_share(trace_id: str, share: float) -> bool:
    """Whether a trace is of the `share`, 0 to 1, that is kept: the same answer in every process."""
    return int(trace_id[-14:], 16) < share * _CERTAIN
