"""The log of each generation: written as it is made, read and stopped from any process."""

from app.chat.generations.feed import Numbered
from app.chat.generations.folding import Folding
from app.chat.generations.framing import frames
from app.chat.generations.log import Ended, Ending, GenerationLog
from app.chat.generations.opening import open_generations
from app.chat.generations.service import GenerationLogs

__all__ = [
    "Ended",
    "Ending",
    "Folding",
    "GenerationLog",
    "GenerationLogs",
    "Numbered",
    "frames",
    "open_generations",
]
