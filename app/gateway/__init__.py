"""The model core's side in this service: what calls cost is kept, how models are is told."""

from app.gateway.calls.writer import LedgerWriter, WriterOptions
from app.gateway.health import ModelStatus

__all__ = ["LedgerWriter", "ModelStatus", "WriterOptions"]
