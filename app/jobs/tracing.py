"""What surrounds a job that runs: a trace, its names on every line of the log, and a span."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from procrastinate.jobs import Job
from structlog.contextvars import bound_contextvars

from app.errors import AppError
from app.kit.spans import Span, SpanKind, SpanSink, Value
from app.kit.trace import TraceContext, enter_trace, leave_trace, new_span_id, new_trace

log = structlog.get_logger()

MeaningOf = Callable[[BaseException], AppError]
"""What an error comes to; a bug is one of level ERROR."""


def as_it_is(error: BaseException) -> AppError:
    return error if isinstance(error, AppError) else AppError(type(error).__name__)


@contextmanager
def traced(job: Job, sink: SpanSink, meaning_of: MeaningOf) -> Iterator[None]:
    """Logs what the block raises, too; the engine only says that it failed."""
    trace = _trace_of(job)
    wanted = sink.on and sink.begin(trace)
    start, error = time.time_ns(), None
    token = enter_trace(trace)
    try:
        with bound_contextvars(trace_id=trace.trace_id, **_names(job)):
            try:
                yield
            except Exception as failure:
                error = _told(failure, meaning_of(failure))
                raise
    finally:
        leave_trace(token)
        if wanted:
            sink.end(_span(job, trace, start, error))


def _trace_of(job: Job) -> TraceContext:
    """All jobs of one run share a trace, by whose id one finds the run."""
    run_id = job.task_kwargs.get("run_id")
    try:
        return TraceContext(UUID(str(run_id)).hex, new_span_id())
    except ValueError:
        return new_trace()


def _names(job: Job) -> dict[str, str]:
    names = {"task": job.task_name, "job_id": str(job.id)}
    if (run_id := job.task_kwargs.get("run_id")) is not None:
        names["run_id"] = str(run_id)
    return names


def _told(failure: Exception, meaning: AppError) -> str:
    """Logs it, as loudly as it means; returns what the span says of it."""
    if meaning.level >= logging.ERROR:
        log.error("job.failed", exc_info=failure)
        return type(failure).__name__
    log.log(meaning.level, "job.not_done", code=meaning.code)
    return meaning.code


def _span(job: Job, trace: TraceContext, start: int, error: str | None) -> Span:
    attributes: dict[str, Value] = {
        "messaging.system": "procrastinate",
        "messaging.operation.type": "process",
        "messaging.destination.name": job.task_name,
        "messaging.message.id": str(job.id),
        "parley.job.attempt": job.attempts + 1,
    }
    if (run_id := job.task_kwargs.get("run_id")) is not None:
        attributes["parley.run_id"] = str(run_id)
    return Span(
        name=f"process {job.task_name}",
        kind=SpanKind.CONSUMER,
        trace=trace,
        parent_id=None,
        root=True,
        start=start,
        end=time.time_ns(),
        attributes=attributes,
        error=error,
    )
