"""Rolling summaries of conversations."""

from app.chat.memory.summaries.repository import Summaries

__all__ = ["Summaries"]
