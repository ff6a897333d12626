"""A collector on loopback: takes spans by OTLP over HTTP, in protobuf.

    async with FakeCollector() as collector:
        ...  # OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint; collector.spans

https://opentelemetry.io/docs/specs/otlp/#otlphttp. Faults are those of `taking`.
"""

from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # has no types
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.fakes.http_server import Request
from tests.fakes.taking import Taking

_PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True, slots=True)
class Taken:
    """A span as it came; ids in hexadecimal digits, `kind` and `status` by the wire's numbers."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    kind: int
    status: int
    start: int
    end: int
    attributes: dict[str, Any]
    events: tuple[str, ...]


class FakeCollector(Taking):
    def __init__(self, fault: str = "ok", *, port: int = 0) -> None:
        super().__init__(fault, port=port)
        self.spans: list[Taken] = []
        self.resource: dict[str, Any] = {}
        self.headers: list[dict[str, str]] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def named(self, start: str) -> list[Taken]:
        return [span for span in self.spans if span.name.startswith(start)]

    def take(self, request: Request) -> tuple[bytes, str]:
        if (request.method, request.path) != ("POST", "/v1/traces"):
            raise ValueError(f"{request.method} {request.path} is not where spans go")
        if request.headers.get("content-type") != _PROTOBUF:
            raise ValueError("should be protobuf")
        try:
            told = ExportTraceServiceRequest.FromString(request.body)
        except DecodeError as error:
            raise ValueError(str(error)) from None
        self.headers.append(request.headers)
        for group in told.resource_spans:
            self.resource = _values(group.resource.attributes)
            self.spans += [_taken(span) for scope in group.scope_spans for span in scope.spans]
        return ExportTraceServiceResponse().SerializeToString(), _PROTOBUF


def _taken(span: Any) -> Taken:
    return Taken(
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        kind=span.kind,
        status=span.status.code,
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        attributes=_values(span.attributes),
        events=tuple(event.name for event in span.events),
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {attribute.key: _value(attribute.value) for attribute in attributes}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return tuple(_value(item) for item in value.array_value.values)
    return getattr(value, kind)
