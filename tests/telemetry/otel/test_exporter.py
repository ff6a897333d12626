"""What leaves by OTLP, and what becomes of it while the collector is away."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from app.kit.spans import Moment, Span, SpanKind
from app.kit.trace import TraceContext, new_trace
from app.telemetry.exporters.courier import CourierOptions
from app.telemetry.exporters.otel import OtelSpans
from app.telemetry.options import OtelOptions
from tests.fakes.otlp import FakeCollector

QUICK = CourierOptions(bound=50, batch=10, interval=0.001, first_pause=0.005, longest_pause=0.01)
KEY = "otel-canary-key"
PARENT = "00f067aa0ba902b7"
_SERVER, _ERROR = 2, 2
"""The wire's numbers."""


def sink(fake: FakeCollector, *, share: float = 1.0) -> OtelSpans:
    headers = SecretStr(f"api-key={KEY},x-team=a=b")
    options = OtelOptions(f"{fake.endpoint}/", headers, "parley-test", "1.2.3", share=share)
    return OtelSpans(options, QUICK)


@asynccontextmanager
async def sending(fake: FakeCollector) -> AsyncIterator[OtelSpans]:
    spans = sink(fake)
    spans.start()
    try:
        yield spans
    finally:
        await asyncio.to_thread(spans.close, 5)


def request(trace: TraceContext, error: str | None = None) -> Span:
    now = time.time_ns()
    return Span(
        name="GET /things",
        kind=SpanKind.SERVER,
        trace=trace,
        parent_id=PARENT,
        root=True,
        start=now,
        end=now + 5_000_000,
        attributes={"http.response.status_code": 200, "reasons": ("stop",)},
        error=error,
        moments=(Moment("response.begun", now + 1),),
    )


async def test_a_span_arrives_as_it_was() -> None:
    trace = new_trace()
    async with FakeCollector() as fake, sending(fake) as spans:
        spans.end(request(trace, error="DATABASE_UNAVAILABLE"))
        await fake.until(lambda: len(fake.spans) == 1)

    (span,) = fake.spans
    assert (span.trace_id, span.span_id, span.parent_id) == (trace.trace_id, trace.span_id, PARENT)
    assert (span.name, span.kind, span.status) == ("GET /things", _SERVER, _ERROR)
    assert span.end - span.start == 5_000_000
    assert span.events == ("response.begun",)
    assert span.attributes == {
        "http.response.status_code": 200,
        "reasons": ("stop",),
        "error.type": "DATABASE_UNAVAILABLE",
    }
    assert fake.resource["service.name"] == "parley-test"
    assert fake.resource["service.version"] == "1.2.3"
    assert (fake.headers[0]["api-key"], fake.headers[0]["x-team"]) == (KEY, "a=b")


async def test_a_caller_decides_about_its_traces_and_we_about_ours() -> None:
    low, high = f"{0:032x}", "f" * 32
    async with FakeCollector() as fake:
        spans = sink(fake, share=0.5)

        assert spans.wants(TraceContext(low, PARENT))
        assert not spans.wants(TraceContext(high, PARENT))
        assert spans.wants(TraceContext(high, PARENT, sampled=True, remote=True))
        assert not spans.wants(TraceContext(low, PARENT, sampled=False, remote=True))


async def test_after_an_outage_what_waited_arrives() -> None:
    async with FakeCollector("status-500") as fake, sending(fake) as spans:
        for _ in range(30):
            spans.end(request(new_trace()))
        await fake.until(lambda: fake.attempts >= 2)
        fake.fault = "ok"
        await fake.until(lambda: len(fake.spans) == 30)

    status = spans.status()
    assert (status.delivered, status.lost, status.last_error) == (30, 0, "HTTP_500")


async def test_an_answer_that_makes_no_sense_is_an_answer() -> None:
    async with FakeCollector("garbage") as fake, sending(fake) as spans:
        spans.end(request(new_trace()))

    assert spans.status().delivered == 1


async def test_what_the_collector_refuses_is_lost_and_counted() -> None:
    async with FakeCollector("status-400") as fake, sending(fake) as spans:
        spans.end(request(new_trace()))

    assert (spans.status().lost, spans.status().last_error) == (1, "HTTP_400")


async def test_while_the_collector_hangs_no_more_waits_than_there_is_room_for() -> None:
    async with FakeCollector("hang") as fake:
        spans = sink(fake)
        spans.start()
        spans.end(request(new_trace()))
        await fake.until(lambda: fake.attempts == 1)
        for _ in range(500):
            spans.end(request(new_trace()))
        waiting = spans.status().waiting
        await asyncio.to_thread(spans.close, 0.01)

    assert waiting <= QUICK.bound + QUICK.batch
    assert spans.status().lost >= 500 - QUICK.bound
