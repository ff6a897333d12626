"""Cached answers in the database: they outlive the process, and serve every other."""

from app.gateway.cache.store import AnswerStore
from app.gateway.cache.tasks import tasks

__all__ = ["AnswerStore", "tasks"]
