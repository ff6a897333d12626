"""Who sees what. Every prompt and every agent's answer is made from one of these views.

The buyer hears its own messages and all sellers'; a seller hears the buyer when it is named or
nobody is, and itself. Limits, costs and profiles stay with whom they belong to.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from app.kit.frozen import frozen
from app.negotiation.agents.seat import (
    BuyerView,
    Line,
    Priority,
    SellerView,
    SpeakingStyle,
    TableOffer,
)
from app.negotiation.events import AnyEvent, BuyerSpoke, SellerSpoke
from app.negotiation.room import RoomState

Spoken = BuyerSpoke | SellerSpoke


@frozen
class SellerCard:
    """Who a seller is and what it hides; `view_of_seller` of another never reads it."""

    seller_id: UUID
    name: str
    priority: Priority
    style: SpeakingStyle
    cost_price: Decimal
    least_price: Decimal
    selling_price: Decimal
    stock: int
    arrives: int


@frozen
class Cast:
    """The people of a room and what they bargain for."""

    buyer_id: UUID
    buyer_name: str
    item_name: str
    seed: int
    sellers: Mapping[UUID, SellerCard]

    def seller_name(self, seller_id: UUID) -> str:
        return self.sellers[seller_id].name


def heard_by_buyer(events: Iterable[AnyEvent]) -> Iterator[Spoken]:
    for event in events:
        if isinstance(event, BuyerSpoke | SellerSpoke):
            yield event


def heard_by_seller(card: SellerCard, events: Iterable[AnyEvent]) -> Iterator[Spoken]:
    """Nothing that was said before it arrived."""
    seller_id = card.seller_id
    for event in heard_by_buyer(events):
        if event.round < card.arrives:
            continue
        if isinstance(event, SellerSpoke):
            audible = event.seller_id == seller_id
        else:
            audible = not event.mentioned or seller_id in event.mentioned
        if audible:
            yield event


def _next_round(state: RoomState) -> int:
    """The round that the buyer's next message belongs to."""
    return state.round + 1 if state.buyer_done else state.round


def view_of_buyer(cast: Cast, state: RoomState, events: Iterable[AnyEvent]) -> BuyerView:
    rules = state.rules
    return BuyerView(
        buyer_name=cast.buyer_name,
        item_name=cast.item_name,
        quantity_needed=rules.quantity_needed,
        min_price=rules.min_price,
        max_price=rules.max_price,
        sellers=tuple(
            card.name for card in cast.sellers.values() if card.arrives <= _next_round(state)
        ),
        round=_next_round(state) - 1,
        max_rounds=rules.max_rounds,
        may_decide=state.may_decide,
        must_decide=state.must_decide,
        transcript=tuple(
            _line(cast, event, mine=isinstance(event, BuyerSpoke))
            for event in heard_by_buyer(events)
        ),
        offers=tuple(
            TableOffer(o.offer_id, o.seller_id, cast.seller_name(o.seller_id), o.terms, o.round)
            for o in state.offers.values()
        ),
        seed=cast.seed,
    )


def view_of_seller(
    cast: Cast, state: RoomState, events: Iterable[AnyEvent], seller_id: UUID
) -> SellerView:
    card = cast.sellers[seller_id]
    return SellerView(
        seller_name=card.name,
        buyer_name=cast.buyer_name,
        item_name=cast.item_name,
        quantity_requested=state.rules.quantity_needed,
        cost_price=card.cost_price,
        least_price=card.least_price,
        selling_price=card.selling_price,
        stock=card.stock,
        priority=card.priority,
        style=card.style,
        round=state.round,
        max_rounds=state.rules.max_rounds,
        transcript=tuple(
            _line(cast, event, mine=isinstance(event, SellerSpoke))
            for event in heard_by_seller(card, events)
        ),
        seed=cast.seed,
    )


def _line(cast: Cast, event: Spoken, *, mine: bool) -> Line:
    if isinstance(event, BuyerSpoke):
        return Line(event.round, cast.buyer_name, mine, event.text)
    return Line(event.round, cast.seller_name(event.seller_id), mine, event.text, event.offer)
