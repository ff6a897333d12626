"""Whether a narrator's words say what was decided: no other price, nobody else addressed."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

from app.kit import json
from app.negotiation.agents.bids import stated_bid
from app.negotiation.agents.buying import BuyerMove
from app.negotiation.agents.seat import BuyerAction, BuyerView, SellerView, Terms
from app.negotiation.agents.selling import SellerMove
from app.negotiation.mentions import mentioned
from app.negotiation.speech import spoken

_CLAUSE_END = re.compile(r"(?<=[.!?;:,])\s+|\n+|\s(?:and|but|nor|not|or)\s", re.IGNORECASE)
_QUOTES = {'"': '"', "“": "”", "'": "'"}

_NOTHING_SAID = "said nothing"
_OTHER_PRICE = "named a price that was not decided"


def words_of(text: str) -> str:
    """What the model said aloud, out of the wrapping that some put around it."""
    said = spoken(text)
    try:
        wrapped = json.loads(said)
    except ValueError:
        return _unquoted(said)
    message = wrapped.get("message") if isinstance(wrapped, dict) else wrapped
    return spoken(message) if isinstance(message, str) else ""


def seller_words_fault(view: SellerView, move: SellerMove, words: str) -> str | None:
    """Why `words` can't go with the offer; None when they can. Leaving its price out is allowed:
    the offer stands beside them."""
    if not words:
        return _NOTHING_SAID
    if stated_bid(words) not in {None, move.terms.price}:
        return _OTHER_PRICE
    earlier = {line.offer.price for line in view.transcript if line.mine and line.offer}
    said_before = {*earlier, move.bid} - {None}
    return _price_fault(words, {*said_before, *_figures(move.terms)})


def buyer_words_fault(view: BuyerView, move: BuyerMove, words: str) -> str | None:
    """Why `words` can't go with the move; None when they can. A bid must be in them: a buyer's
    words are all that sellers get."""
    if not words:
        return _NOTHING_SAID
    if move.action is BuyerAction.CONTINUE:
        if stated_bid(words) != move.bid:
            return "did not name the bid as it was decided"
        if {view.sellers[index] for index in mentioned(words, view.sellers)} != set(move.addressed):
            return "addressed other sellers than was decided"
    on_the_table = {figure for offer in view.offers for figure in _figures(offer.terms)}
    bid = Terms(move.bid, view.quantity_needed) if move.bid is not None else None
    return _price_fault(words, {*on_the_table, *(_figures(bid) if bid else ())})


def _price_fault(words: str, allowed: Collection[Decimal | None]) -> str | None:
    return None if set(_prices(words)).issubset(allowed) else _OTHER_PRICE


def _prices(words: str) -> Iterator[Decimal]:
    """The price that each clause states."""
    for clause in _CLAUSE_END.split(words):
        if (price := stated_bid(clause)) is not None:
            yield price


def _figures(terms: Terms) -> tuple[Decimal, Decimal]:
    return terms.price, terms.price * terms.quantity


def _unquoted(text: str) -> str:
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        return text[1:-1].strip()
    return text
