"""Rolling summaries of conversations."""

from app.chat.memory.summaries.repository import Summaries
from app.chat.memory.summaries.service import RollingSummaries, SummaryPolicy

__all__ = ["RollingSummaries", "Summaries", "SummaryPolicy"]
