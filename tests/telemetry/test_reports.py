"""What of the log is reported: each problem once, whoever tells of it."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from app.errors import AppError, InvalidInput, Unavailable
from app.telemetry import SentryOptions, Spans, TelemetryOptions, open_telemetry
from app.telemetry.reports import Report, report_problems, reporting_to
from app.telemetry.throttle import Throttle
from app.web import meaning_of
from tests.fakes.sentry import FakeSentry

CANARY = "canary-of-a-library"

SCRIPT = """
import asyncio, logging, sys
import structlog
from pydantic import SecretStr
from app.telemetry import SentryOptions, Spans, TelemetryOptions, configure_logs, open_telemetry
from app.telemetry import SentryOptions, Spans, TelemetryOptions, open_telemetry
from app.web import meaning_of

async def run():
    sentry = SentryOptions(SecretStr(sys.argv[1]), "1", "test", share=1.0)
    async with open_telemetry(TelemetryOptions(sentry, None), Spans(), meaning_of):
        try:
            raise KeyError("x")
        except KeyError:
            structlog.get_logger().exception("background.failed", task="ledger")
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
        logging.getLogger("procrastinate.worker").error(f"Job of {sys.argv[2]} is lost")
        logging.getLogger("urllib3.connectionpool").error("about Sentry itself")

configure_logs("INFO", "json")
asyncio.run(run())
"""


class Reports:
    def __init__(self) -> None:
        self.all: list[Report] = []

    def report(self, report: Report) -> None:
        self.all.append(report)


@pytest.fixture
def reports() -> Iterator[Reports]:
    found = Reports()
    with reporting_to(found, meaning_of):
        yield found


def line(level: str, event: str, **more: object) -> None:
    report_problems(None, level, {"level": level, "event": event, **more})


def test_a_bug_is_reported_with_the_names_that_the_line_has(reports: Reports) -> None:
    error = ValueError("why")
    line("error", "job.failed", exc_info=error, run_id="r", task="negotiation:run", path="/a")

    (report,) = reports.all
    assert (report.name, report.error, report.code) == ("job.failed", error, None)
    assert report.tags == {"run_id": "r", "task": "negotiation:run"}


def test_an_error_is_reported_once_however_often_it_is_told(reports: Reports) -> None:
    error = ValueError("why")
    line("error", "request.failed", exc_info=error)
    line("error", "Exception in ASGI application", exc_info=(type(error), error, None))

    assert len(reports.all) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unavailable("a vendor is away"), "SERVICE_UNAVAILABLE"),
        (TimeoutError(), "DATABASE_UNAVAILABLE"),
        (ExceptionGroup("two", [TimeoutError(), Unavailable("x")]), "DATABASE_UNAVAILABLE"),
    ],
)
def test_what_is_away_is_told_by_its_code(reports: Reports, error: Exception, code: str) -> None:
    line("error", "background.failed", exc_info=error)

    assert [report.code for report in reports.all] == [code]


def test_of_several_errors_the_bug_counts(reports: Reports) -> None:
    line("error", "background.failed", exc_info=ExceptionGroup("x", [TimeoutError(), KeyError()]))

    assert [report.code for report in reports.all] == [None]


def test_a_warning_counts_where_it_has_a_code(reports: Reports) -> None:
    line("warning", "request.refused", code="CHAIN_EXHAUSTED", cause="ChainExhausted: at 10.0.0.1")
    line("warning", "cache.database_away", error="OperationalError")

    (report,) = reports.all
    assert (report.code, report.error) == ("CHAIN_EXHAUSTED", None)


@pytest.mark.parametrize(
    "of",
    [
        lambda: line("error", "request.failed", exc_info=InvalidInput("sellers is missing")),
        lambda: line("info", "request", code="NOT_FOUND"),
        lambda: line("error", "Failed to export", logger="opentelemetry.exporter.otlp"),
        lambda: line("error", "Retrying", logger="urllib3.connectionpool"),
        lambda: line("warning", "deprecated", logger="py.warnings", code="X"),
    ],
)
def test_the_rest_isnt_reported(reports: Reports, of: Callable[[], None]) -> None:
    of()

    assert reports.all == []


def test_a_reporter_that_fails_takes_nothing_with_it() -> None:
    class Broken:
        def report(self, report: Report) -> None:
            raise AssertionError

    with reporting_to(Broken()):
        event = {"level": "error", "event": "x"}
        assert report_problems(None, "error", event) is event


def test_an_error_of_ours_that_nobody_expected_is_a_bug(reports: Reports) -> None:
    assert AppError.level == logging.ERROR
    line("error", "request.failed", exc_info=AppError("?"))

    assert [report.code for report in reports.all] == [None]


async def test_the_log_of_a_process_reports_and_libraries_words_stay_here() -> None:
    async with FakeSentry() as sentry:
        run = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", SCRIPT, sentry.dsn, CANARY],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert run.returncode == 0, run.stderr
    bug, other = sentry.events
    assert (bug["transaction"], bug["tags"]) == ("background.failed", {"task": "ledger"})
    assert other["logentry"] == {"message": "procrastinate.worker"}
    assert CANARY.encode() not in b"".join(sentry.raw)
    assert CANARY in run.stderr
    assert "KeyError" in json.loads(run.stderr.splitlines()[0])["exception"]


@pytest.mark.parametrize(
    ("error", "told"), [(ZeroDivisionError(), ["service.failed"]), (Unavailable("away"), [])]
)
async def test_what_breaks_the_service_is_reported_where_it_is_a_bug(
    error: Exception, told: list[str]
) -> None:
    async with FakeSentry() as fake:
        options = TelemetryOptions(SentryOptions(SecretStr(fake.dsn), "1", "test", share=0), None)
        with pytest.raises(type(error)):
            async with open_telemetry(options, Spans(), meaning_of):
                raise error

    assert [event["transaction"] for event in fake.events] == told


async def test_with_nothing_on_nothing_is_taken() -> None:
    spans = Spans()
    async with open_telemetry(TelemetryOptions(None, None), spans, meaning_of) as ways:
        assert not spans.on
        assert {name: way.status().on for name, way in ways.items()} == {
            "sentry": False,
            "otel": False,
        }


def test_a_throttle_lets_some_through_and_tells_how_many_it_held() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])

    first = [throttle.pass_on("a", 2) for _ in range(5)]
    now[0] = 60.0

    assert first == [0, 0, None, None, None]
    assert throttle.pass_on("a", 2) == 3
    assert throttle.pass_on("b", 2) == 0


def test_a_throttle_remembers_so_much_and_no_more() -> None:
    throttle = Throttle(lambda: 0.0)
    for key in range(2_000):
        throttle.pass_on(key, 1)

    assert throttle.pass_on(1_999, 1) is None
    assert throttle.pass_on(0, 1) == 0
