"""What the service tells about itself."""

from app.telemetry.exporters.galileo import (
    Galileo,
    GalileoError,
    GalileoOptions,
    LlmSpanValue,
    ScoreValue,
    SessionValue,
    ToolSpanValue,
    TraceValue,
    Trouble,
)
from app.telemetry.exporters.status import OFF, Delivery, ExporterStatus
from app.telemetry.logs import configure_logs
from app.telemetry.opening import open_telemetry
from app.telemetry.options import OtelOptions, SentryOptions, TelemetryOptions
from app.telemetry.secrets import masked
from app.telemetry.spans import Spans

__all__ = [
    "OFF",
    "Delivery",
    "ExporterStatus",
    "Galileo",
    "GalileoError",
    "GalileoOptions",
    "LlmSpanValue",
    "OtelOptions",
    "ScoreValue",
    "SentryOptions",
    "SessionValue",
    "Spans",
    "TelemetryOptions",
    "ToolSpanValue",
    "TraceValue",
    "Trouble",
    "configure_logs",
    "masked",
    "open_telemetry",
]
