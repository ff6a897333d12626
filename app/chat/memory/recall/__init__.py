"""Which memories come to mind for a turn, and why."""

from app.chat.memory.recall.recollection import STANDING, Recalled, Recollection, recollect
from app.chat.memory.recall.related_words import related
from app.chat.memory.recall.repository import Recalling

__all__ = ["STANDING", "Recalled", "Recalling", "Recollection", "recollect", "related"]
