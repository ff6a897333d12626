"""Reports and spans in the form of Sentry's events, made of values that may leave.

https://develop.sentry.dev/sdk/foundations/envelopes/
"""

from collections.abc import Iterator, Sequence
from typing import Any

from app.kit.spans import Span, SpanKind
from app.telemetry.reports import Report

Event = dict[str, Any]

_NANOSECONDS = 1_000_000_000
_OPERATIONS = {SpanKind.SERVER: "http.server", SpanKind.CONSUMER: "queue.process"}
_OPERATION = "gen_ai.operation.name"


def problem(report: Report, exceptions: list[Event], suppressed: int) -> Event:
    """An error, or a warning where something needed is away: those are one issue for each code."""
    trace = report.trace
    event: Event = {
        "level": "error" if report.code is None else "warning",
        "logger": "parley",
        "transaction": report.name,
        "tags": dict(report.tags),
        "contexts": {"parley": {"suppressed": suppressed}},
    }
    if trace is not None:
        event["contexts"]["trace"] = {"trace_id": trace.trace_id, "span_id": trace.span_id}
        event["tags"]["trace_id"] = trace.trace_id
    if report.code is not None:
        event["tags"] |= {"operational": "true", "code": report.code}
        event["fingerprint"] = ["operational", report.code]
        event["logentry"] = {"message": report.code}
    elif exceptions:
        event["exception"] = {"values": exceptions}
    else:
        event["fingerprint"] = [report.name]
        event["logentry"] = {"message": report.name}
    return event


def timing(root: Span, children: Sequence[Span]) -> Event:
    """A transaction: one request or job, with the calls to models in it."""
    return {
        "type": "transaction",
        "transaction": root.name,
        "transaction_info": {"source": "route"},
        "contexts": {"trace": _span(root)},
        "start_timestamp": root.start / _NANOSECONDS,
        "timestamp": root.end / _NANOSECONDS,
        "spans": [_timed(child) for child in children],
    }


def _timed(span: Span) -> Event:
    return {
        **_span(span),
        "description": span.name,
        "start_timestamp": span.start / _NANOSECONDS,
        "timestamp": span.end / _NANOSECONDS,
    }


def _span(span: Span) -> Event:
    moments = {
        moment.name: round((moment.at - span.start) / 1_000_000, 1) for moment in span.moments
    }
    error = {} if span.error is None else {"error.type": span.error}
    found = {
        "trace_id": span.trace.trace_id,
        "span_id": span.trace.span_id,
        "op": _operation(span),
        "origin": "manual",
        "status": "ok" if span.error is None else "internal_error",
        "data": {**span.attributes, **error, **{f"{name}_ms": at for name, at in moments.items()}},
    }
    return found if span.parent_id is None else {**found, "parent_span_id": span.parent_id}


def _operation(span: Span) -> str:
    return _OPERATIONS.get(span.kind) or f"gen_ai.{span.attributes.get(_OPERATION, 'chat')}"


def literal_messages(error: BaseException) -> frozenset[str]:
    """The messages, of an error and what led to it, that stand in the source as they are. Any
    other was put together as the program ran, and may quote what somebody wrote, or a key."""
    return frozenset(
        message for one in _all(error) if (message := str(one)) and message in _constants(one)
    )


def _constants(error: BaseException) -> tuple[Any, ...]:
    """Those of the function that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return () if trace is None else trace.tb_frame.f_code.co_consts


def _all(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [linked for linked in (one.__cause__, one.__context__) if linked is not None]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
