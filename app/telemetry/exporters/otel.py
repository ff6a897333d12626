"""Spans, by OTLP over HTTP, to any collector: https://opentelemetry.io/docs/specs/otlp/.

The SDK's exporter encodes and sends; the queue, the pauses and the counts are ours. The SDK is only
imported where an address is set.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr

from app.kit.spans import Span
from app.kit.trace import TraceContext
from app.telemetry.exporters._otel_spans import Readable
from app.telemetry.exporters.courier import Courier, CourierOptions, NotDeliveredError
from app.telemetry.exporters.status import Delivery
from app.telemetry.options import OtelOptions
from app.telemetry.spans import within_share

_PATH = "/v1/traces"
_TIMEOUT_SECONDS = 5.0
_COURIER = CourierOptions(bound=4_096, batch=512, interval=0.5)
_MAY_PASS = {408, 429, 500, 502, 503, 504}


class OtelSpans:
    """A sink of spans. `start` it first, `close` it last."""

    on = True

    def __init__(self, options: OtelOptions, courier: CourierOptions = _COURIER) -> None:
        self._share = options.share
        self._exporter = _Exporter(options)
        self._courier = Courier("otel", self._exporter.deliver, courier)

    def start(self) -> None:
        self._courier.start()

    def close(self, seconds: float) -> None:
        """Blocks that long at most; what waits then is lost."""
        self._courier.close(seconds)
        self._exporter.close()

    def status(self) -> Delivery:
        return self._courier.status()

    def begin(self, trace: TraceContext) -> bool:
        return self.wants(trace)

    def wants(self, trace: TraceContext) -> bool:
        return trace.sampled and (trace.remote or within_share(trace.trace_id, self._share))

    def end(self, span: Span) -> None:
        if self.wants(span.trace):
            self._courier.take(span)


class _Exporter:
    """The SDK's, and what it doesn't tell of a failure: the status of the last answer."""

    def __init__(self, options: OtelOptions) -> None:
        import requests  # noqa: PLC0415  # the SDK's own client: only where an address is set
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  # same
            OTLPSpanExporter,
        )

        self._status: int | None = None
        session = requests.Session()
        session.hooks["response"].append(self._heard)
        self._readable = Readable(options.service_name, options.version)
        self._exporter = OTLPSpanExporter(
            endpoint=options.endpoint.rstrip("/") + _PATH,
            headers=_headers(options.headers),
            timeout=_TIMEOUT_SECONDS,
            session=session,
        )

    def deliver(self, batch: Sequence[Span]) -> None:
        """Raises `NotDeliveredError`."""
        self._status = None
        result = self._exporter.export([self._readable(span) for span in batch])
        if result.name == "SUCCESS":
            return
        if self._status is None:
            raise NotDeliveredError("UNREACHABLE", again=True)
        raise NotDeliveredError(f"HTTP_{self._status}", again=self._status in _MAY_PASS)

    def close(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK has no type for it

    def _heard(self, response: Any, **_options: Any) -> None:
        self._status = response.status_code


def _headers(given: SecretStr | None) -> dict[str, str]:
    pairs = given.get_secret_value().split(",") if given is not None else ()
    return dict(pair.split("=", 1) for pair in pairs)
