"""The model core's side in this service: what calls cost is kept, how models are is told."""

from app.gateway.cache import AnswerStore
from app.gateway.cache import tasks as cache_tasks
from app.gateway.calls.writer import LedgerWriter, WriterOptions
from app.gateway.health import ModelStatus

__all__ = ["AnswerStore", "LedgerWriter", "ModelStatus", "WriterOptions", "cache_tasks"]
