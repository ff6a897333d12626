"""Events as clients read them: the shapes of the marketplace contract, version 1.

The names are the client's, and some things come in two spellings because it reads both.
"""

from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from app.negotiation.agents.seat import Terms
from app.negotiation.events import (
    AnyEvent,
    BuyerSpoke,
    Decided,
    MessageQueued,
    OfferMade,
    RoundStarted,
    RunEnded,
    RunFailed,
    SellerSpoke,
    TroubleNoticed,
    TurnPassed,
    total,
)
from app.negotiation.views import Cast

Wire = dict[str, Any]


class WireFormat:
    """Renders a room's events; one per room, since names come from its cast."""

    def __init__(self, room_id: UUID, cast: Cast, max_rounds: int) -> None:
        self._room_id = room_id
        self._cast = cast
        self._max_rounds = max_rounds

    def render(self, event: AnyEvent, at: datetime) -> Wire:
        return {"type": stream_name(event), **self._fields(event), "timestamp": at}

    def _fields(self, event: AnyEvent) -> Wire:  # noqa: C901, PLR0911  # a table of cases
        match event:
            case RoundStarted():
                return {"round_number": event.round, "max_rounds": self._max_rounds}
            case BuyerSpoke():
                return self._buyer_spoke(event)
            case SellerSpoke():
                return self._seller_spoke(event)
            case OfferMade():
                return self._offer(event)
            case TurnPassed():
                return self._notice(event.seller_id, event.code, event.reason, event.round)
            case TroubleNoticed():
                return self._notice(event.seller_id, event.code, event.message, event.round)
            case MessageQueued():
                return {
                    "message_id": event.message_id,
                    "message": event.text,
                    "mentioned_sellers": event.mentioned,
                }
            case RunFailed():
                return {"message": event.message, "error_code": event.code}
            case Decided():
                return self._decided(event)
            case RunEnded():
                return self._ended(event)
            case _:
                assert_never(event)

    def _name(self, seller_id: UUID | None) -> str | None:
        return None if seller_id is None else self._cast.seller_name(seller_id)

    def _buyer_spoke(self, event: BuyerSpoke) -> Wire:
        return {
            "message_id": event.message_id,
            "message": event.text,
            "content": event.text,
            "sender_id": self._cast.buyer_id,
            "sender_name": self._cast.buyer_name,
            "sender_type": "buyer",
            "mentioned_sellers": event.mentioned,
            "by_human": event.by_human,
            "round": event.round,
            "turn_number": event.turn,
        }

    def _seller_spoke(self, event: SellerSpoke) -> Wire:
        return {
            "message_id": event.message_id,
            "seller_id": event.seller_id,
            "sender_id": event.seller_id,
            "sender_name": self._name(event.seller_id),
            "sender_type": "seller",
            "message": event.text,
            "content": event.text,
            "offer": terms_of(event.offer),
            "round": event.round,
            "turn_number": event.turn,
        }

    def _offer(self, event: OfferMade) -> Wire:
        return {
            "offer_id": event.offer_id,
            "message_id": event.message_id,
            "seller_id": event.seller_id,
            "seller_name": self._name(event.seller_id),
            "price_per_unit": event.terms.price,
            "quantity": event.terms.quantity,
            "total_price": total(event.terms),
            "round": event.round,
        }

    def _notice(self, seller_id: UUID | None, code: str, message: str, number: int) -> Wire:
        return {
            "code": code,
            "message": message,
            "seat": "buyer" if seller_id is None else "seller",
            "seller_id": seller_id,
            "seat_name": self._name(seller_id) or self._cast.buyer_name,
            "round": number,
        }

    def _decided(self, event: Decided) -> Wire:
        terms = event.terms
        return {
            "decision": event.verdict,
            "outcome_id": event.outcome_id,
            "chosen_seller_id": event.seller_id,
            "chosen_seller_name": self._name(event.seller_id),
            "final_price": terms.price if terms else None,
            "final_quantity": terms.quantity if terms else None,
            "total_cost": total(terms) if terms else None,
            "reason": event.reason,
            "by_human": event.by_human,
            "round": event.round,
        }

    def _ended(self, event: RunEnded) -> Wire:
        return {
            "room_id": self._room_id,
            "outcome": event.outcome,
            "rounds_completed": event.rounds,
            "duration_seconds": event.seconds,
            "selected_seller_id": event.seller_id,
            "selected_seller_name": self._name(event.seller_id),
            "final_offer": terms_of(event.terms),
            "reason": event.reason,
        }


def terms_of(terms: Terms | None) -> Wire | None:
    return None if terms is None else {"price": terms.price, "quantity": terms.quantity}


def stream_name(event: AnyEvent) -> str:
    """The event's name on the stream: a turn passed is a notice to whoever watches."""
    return "notice" if isinstance(event, TurnPassed) else event.type
