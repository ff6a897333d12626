"""The ledger in this service: written in batches, read over HTTP, never waited for by a call."""

from app.gateway.calls.reading import CallReader
from app.gateway.calls.settlement import Settlement
from app.gateway.calls.spans import ModelSpans
from app.gateway.calls.writer import LedgerWriter, WriterOptions

__all__ = ["CallReader", "LedgerWriter", "ModelSpans", "Settlement", "WriterOptions"]
