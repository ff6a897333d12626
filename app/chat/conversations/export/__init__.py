"""A conversation as a file."""

from app.chat.conversations.export.export import Export, Exports, Format

__all__ = ["Export", "Exports", "Format"]
