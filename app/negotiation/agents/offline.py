"""Negotiators that need no model: a tactic decides the number, a phrase book has the words.

The default where no provider is configured, and the baseline beside every model. The same views
give the same turns.
"""

from app.negotiation.agents.buying import BuyerIntent, BuyerMove, decide_buyer
from app.negotiation.agents.phrasebook import buyer_words, seller_words
from app.negotiation.agents.seat import (
    Answer,
    BuyerTurn,
    BuyerView,
    Rejection,
    SellerTurn,
    SellerView,
)
from app.negotiation.agents.selling import SellerIntent, SellerMove, decide_seller

__all__ = [
    "BuyerIntent",
    "BuyerMove",
    "OfflineBuyer",
    "OfflineSeller",
    "SellerIntent",
    "SellerMove",
    "decide_buyer",
    "decide_seller",
]


class OfflineBuyer:
    """Bids in words ("$920.00 each"), since a buyer's turn holds no number."""

    async def take_turn(
        self, view: BuyerView, rejections: tuple[Rejection, ...]
    ) -> Answer[BuyerTurn]:
        move = decide_buyer(view)
        text = buyer_words(view, move, attempt=len(rejections))
        offer_id = move.offer.offer_id if move.offer else None
        return Answer(BuyerTurn(text, move.action, offer_id))


class OfflineSeller:
    """Makes an offer in every turn."""

    async def take_turn(
        self, view: SellerView, rejections: tuple[Rejection, ...]
    ) -> Answer[SellerTurn]:
        move = decide_seller(view)
        return Answer(SellerTurn(seller_words(view, move, attempt=len(rejections)), move.terms))
