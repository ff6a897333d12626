"""What is remembered: summaries of conversations, facts and preferences across all of them."""

from app.chat.memory.recollection import Recalled, Recollection
from app.chat.memory.service import Memories

__all__ = ["Memories", "Recalled", "Recollection"]
