"""What leaves for Sentry, and what becomes of it while Sentry is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from app.kit.spans import Moment, Span, SpanKind
from app.kit.trace import TraceContext, new_trace
from app.telemetry.exporters.courier import CourierOptions
from app.telemetry.exporters.sentry import Sentry
from app.telemetry.options import SentryOptions
from app.telemetry.reports import Report
from tests.fakes.sentry import FakeSentry

CANARY = "sk-canary-4711-never-leaves"
QUICK = CourierOptions(bound=20, first_pause=0.005, longest_pause=0.01)


@asynccontextmanager
async def reporting(
    fake: FakeSentry, *, share: float = 1.0, monotonic: Callable[[], float] = time.monotonic
) -> AsyncIterator[Sentry]:
    options = SentryOptions(SecretStr(fake.dsn), "1.2.3", "test", share=share)
    sentry = Sentry(options, QUICK, monotonic)
    sentry.start()
    try:
        yield sentry
    finally:
        await asyncio.to_thread(sentry.close, 5)


def bug(message: str = "a thing is broken") -> Report:
    return Report("request.failed", None, _raised(RuntimeError(message)), {"run_id": "r"}, None)


def away(code: str) -> Report:
    return Report("request.refused", code, None, {}, new_trace())


def request(trace: TraceContext, note: str = "") -> Span:
    now = time.time_ns()
    return Span(
        name="GET /things",
        kind=SpanKind.SERVER,
        trace=trace,
        parent_id=None,
        root=True,
        start=now,
        end=now + 5_000_000,
        attributes={"note": note},
        moments=(Moment("response.begun", now + 2_000_000),),
    )


def model_call(trace: TraceContext, parent_id: str) -> Span:
    now = time.time_ns()
    return Span(
        name="chat m",
        kind=SpanKind.CLIENT,
        trace=trace,
        parent_id=parent_id,
        root=False,
        start=now,
        end=now + 1,
        attributes={"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 7},
    )


def _raise(error: Exception) -> None:
    raise error


def _raised(error: Exception) -> Exception:
    """With a stack, as errors have one that were caught."""
    with pytest.raises(type(error)) as caught:
        _raise(error)
    return caught.value


async def test_a_bug_is_an_error_with_its_stack_and_its_names() -> None:
    trace = new_trace()
    async with FakeSentry() as fake, reporting(fake) as sentry:
        error = _raised(KeyError("x"))
        sentry.report(Report("job.failed", None, error, {"run_id": "r"}, trace))
        await fake.until(lambda: len(fake.events) == 1)

    (event,) = fake.events
    (exception,) = event["exception"]["values"]
    assert (event["level"], event["release"], event["environment"]) == ("error", "1.2.3", "test")
    assert event["tags"] == {"run_id": "r", "trace_id": trace.trace_id}
    assert exception["type"] == "KeyError"
    assert exception["stacktrace"]["frames"][-1]["function"] == "_raise"


async def test_nothing_leaves_that_was_put_together_as_the_program_ran() -> None:
    def broken() -> None:
        try:
            _raise(KeyError(CANARY))
        except KeyError as error:
            raise RuntimeError("stands in the source") from error

    with pytest.raises(RuntimeError) as caught:
        broken()
    async with FakeSentry() as fake, reporting(fake) as sentry:
        tags = {"request_id": f"Bearer {CANARY}"}
        sentry.report(Report("request.failed", None, caught.value, tags, None))
        await fake.until(lambda: len(fake.events) == 1)

    assert CANARY.encode() not in fake.raw[0]
    values = fake.events[0]["exception"]["values"]
    assert [value["value"] for value in values] == ["", "stands in the source"]
    for unwanted in (b"vars", b"abs_path", b"context_line", b"server_name", b"/tests/"):
        assert unwanted not in fake.raw[0]


async def test_something_away_is_one_warning_a_minute_for_each_code() -> None:
    now = [0.0]
    async with FakeSentry() as fake, reporting(fake, monotonic=lambda: now[0]) as sentry:
        for _ in range(5):
            sentry.report(away("CHAIN_EXHAUSTED"))
        sentry.report(away("DATABASE_UNAVAILABLE"))
        now[0] = 61.0
        sentry.report(away("CHAIN_EXHAUSTED"))
        await fake.until(lambda: len(fake.events) == 3)

    first, other, later = fake.events
    assert first["fingerprint"] == later["fingerprint"] == ["operational", "CHAIN_EXHAUSTED"]
    assert other["fingerprint"] == ["operational", "DATABASE_UNAVAILABLE"]
    assert {event["level"] for event in fake.events} == {"warning"}
    assert {event["tags"]["operational"] for event in fake.events} == {"true"}
    assert later["contexts"]["parley"] == {"suppressed": 4}


async def test_one_bug_cant_fill_the_quota() -> None:
    async with FakeSentry() as fake, reporting(fake, monotonic=lambda: 0.0) as sentry:
        for _ in range(50):
            sentry.report(bug())

    assert len(fake.events) == 10


async def test_a_timing_holds_the_calls_to_models_with_their_tokens() -> None:
    trace = new_trace()
    child = trace.child()
    async with FakeSentry() as fake, reporting(fake) as sentry:
        assert sentry.begin(trace)
        sentry.end(model_call(child, trace.span_id))
        sentry.end(request(trace, note=f"Bearer {CANARY}"))
        await fake.until(lambda: len(fake.transactions) == 1)

    (timing,) = fake.transactions
    (call,) = timing["spans"]
    context = timing["contexts"]["trace"]
    assert (timing["transaction"], context["op"]) == ("GET /things", "http.server")
    assert context["data"]["response.begun_ms"] == 2.0
    assert (call["op"], call["parent_span_id"]) == ("gen_ai.chat", trace.span_id)
    assert call["data"]["gen_ai.usage.input_tokens"] == 7
    assert CANARY.encode() not in fake.raw[0]


async def test_a_call_that_ends_after_its_request_stands_for_itself() -> None:
    trace = new_trace()
    async with FakeSentry() as fake, reporting(fake) as sentry:
        sentry.begin(trace)
        sentry.end(request(trace))
        sentry.end(model_call(trace.child(), trace.span_id))
        await fake.until(lambda: len(fake.transactions) == 2)

    late = fake.transactions[1]["contexts"]["trace"]
    assert (late["op"], late["parent_span_id"]) == ("gen_ai.chat", trace.span_id)


async def test_only_the_share_is_timed_whatever_a_caller_wants() -> None:
    low, high = f"{0:032x}", "f" * 32
    async with FakeSentry() as fake, reporting(fake, share=0.5) as sentry:
        kept = [
            sentry.begin(TraceContext(low, "1" * 16)),
            sentry.begin(TraceContext(high, "2" * 16)),
            sentry.begin(TraceContext(high, "3" * 16, sampled=True, remote=True)),
            sentry.begin(TraceContext(low, "4" * 16, sampled=False, remote=True)),
        ]

    assert kept == [True, False, False, False]


@pytest.mark.parametrize(("fault", "code"), [("status-503", "STATUS_503"), ("cut", "UNREACHABLE")])
async def test_after_an_outage_what_waited_arrives(fault: str, code: str) -> None:
    async with FakeSentry(fault) as fake, reporting(fake) as sentry:
        for number in range(3):
            sentry.report(away(f"CODE_{number}"))
        await fake.until(lambda: fake.attempts >= 3)
        assert sentry.status().waiting == 3
        fake.fault = "ok"
        await fake.until(lambda: len(fake.events) == 3)

    status = sentry.status()
    assert (status.delivered, status.lost, status.last_error) == (3, 0, code)


@pytest.mark.parametrize("fault", ["status-429-after-7", "status-413", "status-400"])
async def test_what_sentry_doesnt_want_is_lost_and_counted(fault: str) -> None:
    async with FakeSentry(fault) as fake, reporting(fake) as sentry:
        sentry.report(bug())

    assert (sentry.status().lost, sentry.status().delivered) == (1, 0)


async def test_an_answer_that_makes_no_sense_is_an_answer() -> None:
    async with FakeSentry("garbage") as fake, reporting(fake) as sentry:
        sentry.report(bug())

    assert sentry.status().delivered == 1


async def test_while_sentry_hangs_nobody_waits_and_errors_find_room() -> None:
    async with FakeSentry("hang") as fake:
        options = SentryOptions(SecretStr(fake.dsn), "1", "test", share=1.0)
        sentry = Sentry(options, QUICK)
        sentry.start()
        sentry.report(bug())
        await fake.until(lambda: fake.attempts == 1)
        for _ in range(500):
            sentry.end(request(new_trace()))
        held = sentry.status().waiting
        for number in range(15):
            sentry.report(away(f"CODE_{number}"))
        waiting = sentry.status().waiting
        await asyncio.to_thread(sentry.close, 0.01)

    assert (held, waiting) == (QUICK.bound // 2, QUICK.bound + 1)
    status = sentry.status()
    assert status.lost + status.waiting >= 500
