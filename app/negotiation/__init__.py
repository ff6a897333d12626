"""The market: sessions, rooms, the agents in them, and the log that a negotiation is."""

from app.negotiation.agents import SeatFactory
from app.negotiation.journal import Journal
from app.negotiation.reader import Reader
from app.negotiation.retention import Retention
from app.negotiation.rooms import Rooms
from app.negotiation.runs import Runner, tasks
from app.negotiation.service import Marketplace, RoundLimits
from app.negotiation.stream import DeliveryMarks, Feeds, Watching

__all__ = [
    "DeliveryMarks",
    "Feeds",
    "Journal",
    "Marketplace",
    "Reader",
    "Retention",
    "Rooms",
    "RoundLimits",
    "Runner",
    "SeatFactory",
    "Watching",
    "tasks",
]
