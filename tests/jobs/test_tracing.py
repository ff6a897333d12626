"""The trace, the lines and the span of a job."""

from uuid import uuid4

import pytest
from procrastinate.jobs import Job
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from app.errors import Conflict, Unavailable
from app.jobs.tracing import as_it_is, traced
from app.kit.spans import Span
from app.kit.trace import TraceContext, current_trace

RUN_ID = uuid4()


class Kept:
    """A sink that keeps what it gets."""

    on = True

    def __init__(self) -> None:
        self.begun: list[TraceContext] = []
        self.spans: list[Span] = []

    def begin(self, trace: TraceContext) -> bool:
        self.begun.append(trace)
        return True

    def wants(self, trace: TraceContext) -> bool:
        return True

    def end(self, span: Span) -> None:
        self.spans.append(span)


def job(**arguments: str) -> Job:
    return Job(
        id=7,
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name="negotiation:run",
        task_kwargs={**arguments},
        attempts=2,
    )


def test_all_jobs_of_a_run_share_its_trace() -> None:
    sink = Kept()
    for _ in range(2):
        with traced(job(run_id=str(RUN_ID)), sink, as_it_is):
            pass

    assert [span.trace.trace_id for span in sink.spans] == [RUN_ID.hex] * 2
    assert len({span.trace.span_id for span in sink.spans}) == 2
    assert [span.trace for span in sink.spans] == sink.begun


@pytest.mark.parametrize("arguments", [{}, {"run_id": "no id"}])
def test_any_other_job_has_one_of_its_own(arguments: dict[str, str]) -> None:
    sink = Kept()
    for _ in range(2):
        with traced(job(**arguments), sink, as_it_is):
            pass

    assert len({span.trace.trace_id for span in sink.spans}) == 2


def test_inside_every_line_has_the_jobs_names() -> None:
    with traced(job(run_id=str(RUN_ID)), Kept(), as_it_is):
        inside, trace = get_contextvars(), current_trace()

    assert trace is not None
    assert inside == {
        "trace_id": trace.trace_id,
        "task": "negotiation:run",
        "job_id": "7",
        "run_id": str(RUN_ID),
    }
    assert (get_contextvars(), current_trace()) == ({}, None)


@pytest.mark.parametrize(
    ("error", "level", "said"),
    [
        (KeyError("x"), "error", "KeyError"),
        (Unavailable("away"), "warning", "SERVICE_UNAVAILABLE"),
        (Conflict("not now"), "info", "CONFLICT"),
    ],
)
def test_what_goes_wrong_is_told_as_loudly_as_it_means(
    error: Exception, level: str, said: str
) -> None:
    sink = Kept()
    with capture_logs() as lines, pytest.raises(type(error)), traced(job(), sink, as_it_is):
        raise error

    assert [line["log_level"] for line in lines] == [level]
    (span,) = sink.spans
    assert (span.error, span.attributes["parley.job.attempt"]) == (said, 3)


def test_where_nobody_takes_spans_none_is_made() -> None:
    sink = Kept()
    sink.on = False
    with traced(job(), sink, as_it_is):
        pass

    assert (sink.begun, sink.spans) == ([], [])
