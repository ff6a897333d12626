"""The fake is driven by OpenTelemetry's own SDK: what that takes for a collector will do."""

import asyncio

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from tests.fakes.otlp import FakeCollector


def _send(endpoint: str) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces")))
    with provider.get_tracer("test").start_as_current_span("work") as span:
        span.set_attributes({"a": 1, "b": ("x", "y")})
        span.add_event("begun")
    provider.shutdown()


async def test_the_sdk_takes_it_for_a_collector() -> None:
    async with FakeCollector() as collector:
        await asyncio.to_thread(_send, collector.endpoint)

    (span,) = collector.spans
    assert (span.name, span.attributes, span.events) == (
        "work",
        {"a": 1, "b": ("x", "y")},
        ("begun",),
    )
