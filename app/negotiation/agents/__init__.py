"""Who sits in a seat: a language model, a narrated tactic, or the offline negotiator."""

from app.negotiation.agents.factory import SeatFactory, Seating, Seats

__all__ = ["SeatFactory", "Seating", "Seats"]
