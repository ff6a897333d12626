"""Turns: what a person says, and how it is answered."""

from app.chat.turns.ask import HEAD, Ask, Began, ToolResult
from app.chat.turns.opening import open_turns
from app.chat.turns.service import Turns

__all__ = [
    "HEAD",
    "Ask",
    "Began",
    "ToolResult",
    "Turns",
    "open_turns",
]
