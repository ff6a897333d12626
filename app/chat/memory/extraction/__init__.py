"""Finds facts and preferences in what people say."""

from app.chat.memory.extraction.service import Extraction

__all__ = ["Extraction"]
