"""What the service tells about itself."""

from app.telemetry.exporters.otel import OtelOptions
from app.telemetry.exporters.sentry import SentryOptions
from app.telemetry.exporters.status import Delivery, ExporterStatus
from app.telemetry.logs import configure_logs
from app.telemetry.opening import TelemetryOptions, open_telemetry
from app.telemetry.spans import Spans

__all__ = [
    "Delivery",
    "ExporterStatus",
    "OtelOptions",
    "SentryOptions",
    "Spans",
    "TelemetryOptions",
    "configure_logs",
    "open_telemetry",
]
