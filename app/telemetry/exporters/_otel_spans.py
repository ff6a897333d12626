"""Our spans in the form of OpenTelemetry's SDK."""

from typing import TYPE_CHECKING

from app.kit.spans import Span

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext

_SCOPE = "parley"


class Readable:
    """The SDK is only imported when one of these is made, where an address is set."""

    def __init__(self, service_name: str, version: str) -> None:
        from opentelemetry import trace  # noqa: PLC0415  # not at the start
        from opentelemetry.sdk import trace as sdk  # noqa: PLC0415  # the same
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # the same
        from opentelemetry.sdk.util.instrumentation import (  # noqa: PLC0415  # the same
            InstrumentationScope,
        )

        self._api, self._sdk = trace, sdk
        self._codes = trace.StatusCode
        self._kinds = {kind.name.lower(): kind for kind in trace.SpanKind}
        self._scope = InstrumentationScope(_SCOPE, version)
        self._resource = Resource.create({"service.name": service_name, "service.version": version})

    def __call__(self, span: Span) -> "ReadableSpan":
        error = {} if span.error is None else {"error.type": span.error}
        return self._sdk.ReadableSpan(
            name=span.name,
            context=self._context(span, span.trace.span_id),
            parent=self._context(span, span.parent_id, remote=span.root),
            resource=self._resource,
            attributes={**span.attributes, **error},
            events=[self._sdk.Event(moment.name, timestamp=moment.at) for moment in span.moments],
            kind=self._kinds[span.kind],
            status=self._api.Status(self._codes.ERROR if error else self._codes.UNSET),
            start_time=span.start,
            end_time=span.end,
            instrumentation_scope=self._scope,
        )

    def _context(
        self, span: Span, span_id: str | None, *, remote: bool = False
    ) -> "SpanContext | None":
        if span_id is None:
            return None
        flags = self._api.TraceFlags(self._api.TraceFlags.SAMPLED)
        return self._api.SpanContext(int(span.trace.trace_id, 16), int(span_id, 16), remote, flags)
