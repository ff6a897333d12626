"""Galileo: the vendor's SDK builds the traces, and our own client delivers them.

The SDK's own delivery blocks the event loop, and forgets what it couldn't deliver.
"""

from app.telemetry.exporters.galileo.exporter import Galileo, GalileoOptions
from app.telemetry.exporters.galileo.trouble import GalileoError, Trouble
from app.telemetry.exporters.galileo.values import (
    LlmSpanValue,
    ScoreValue,
    SessionValue,
    ToolSpanValue,
    TraceValue,
)

__all__ = [
    "Galileo",
    "GalileoError",
    "GalileoOptions",
    "LlmSpanValue",
    "ScoreValue",
    "SessionValue",
    "ToolSpanValue",
    "TraceValue",
    "Trouble",
]
