"""What is remembered: summaries of conversations, facts and preferences across all of them."""

from app.chat.memory.opening import Memory, open_memory
from app.chat.memory.recall import Recalled, Recollection
from app.chat.memory.service import Memories
from app.chat.memory.summaries import Summaries, SummaryPolicy

__all__ = [
    "Memories",
    "Memory",
    "Recalled",
    "Recollection",
    "Summaries",
    "SummaryPolicy",
    "open_memory",
]
