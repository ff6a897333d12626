"""Watching a room: the tail of its log, shared by all who watch it in this process."""

from app.negotiation.stream.feed import Feeds
from app.negotiation.stream.marks import DeliveryMarks
from app.negotiation.stream.watch import Cursor, Watching

__all__ = ["Cursor", "DeliveryMarks", "Feeds", "Watching"]
