"""What a buyer without a model does: accept, bid or leave, and whom it asks; words come after.

Bids rise, and lie in the open interval between the buyer's limits: neither limit is ever said.
"""

from decimal import Decimal
from enum import StrEnum

from app.kit.frozen import frozen
from app.negotiation.agents.bids import stated_bid
from app.negotiation.agents.chance import draw
from app.negotiation.agents.seat import BuyerAction, BuyerView, TableOffer
from app.negotiation.agents.tactics import Grid, Situation, buyer_tactic, grid_for


class BuyerIntent(StrEnum):
    """`press` is the last call, to everyone."""

    OPEN = "open"
    COUNTER_ONE = "counter_one"
    COUNTER_SEVERAL = "counter_several"
    PRESS = "press"
    ACCEPT = "accept"
    WALK_AWAY = "walk_away"


@frozen
class BuyerMove:
    """`offer` is set exactly when it is accepted. `bid` is a price per unit, None when none is
    needed or none fits between the limits. `addressed` names sellers; empty means everyone."""

    action: BuyerAction
    intent: BuyerIntent
    offer: TableOffer | None = None
    bid: Decimal | None = None
    addressed: tuple[str, ...] = ()


@frozen
class _Bidding:
    """The prices that may be bid, `low` to `high`, and the bids so far, rising."""

    grid: Grid
    low: Decimal
    high: Decimal
    past: tuple[Decimal, ...]


def decide_buyer(view: BuyerView) -> BuyerMove:
    """Accepts by AC_next: once the best offer is at least as good as its own next bid would be;
    at the deadline, any legal one.

    T. Baarslag, K. Hindriks and C. Jonker (2014), "Effective acceptance conditions in real-time
    automated negotiation", Decision Support Systems 60, 68-77.
    """
    legal = tuple(offer for offer in view.offers if _is_legal(view, offer))
    bidding = _bidding(view)
    bid = _next_bid(view, bidding) if bidding else None
    best = max(legal, key=lambda offer: _saving(view, offer), default=None)
    good = best is not None and bid is not None and best.terms.price <= bid
    if best and view.may_decide and (good or view.must_decide):
        return BuyerMove(BuyerAction.ACCEPT, BuyerIntent.ACCEPT, offer=best)
    if view.must_decide:
        return BuyerMove(BuyerAction.WALK_AWAY, BuyerIntent.WALK_AWAY)
    if bidding and bid is not None:
        bid = _below_the_table(bidding, bid, legal)
    return _next_message(view, bid)


def _next_message(view: BuyerView, bid: Decimal | None) -> BuyerMove:
    addressed = _addressed(view)
    if not view.transcript:
        intent = BuyerIntent.OPEN
    elif _is_last_call(view):
        intent = BuyerIntent.PRESS
    elif len(addressed) == 1 or len(view.sellers) == 1:
        intent = BuyerIntent.COUNTER_ONE
    else:
        intent = BuyerIntent.COUNTER_SEVERAL
    return BuyerMove(BuyerAction.CONTINUE, intent, bid=bid, addressed=addressed)


def _is_last_call(view: BuyerView) -> bool:
    return view.round + 1 >= view.max_rounds


def _is_legal(view: BuyerView, offer: TableOffer) -> bool:
    price, quantity = offer.terms.price, offer.terms.quantity
    return view.min_price <= price <= view.max_price and 1 <= quantity <= view.quantity_needed


def _saving(view: BuyerView, offer: TableOffer) -> tuple[Decimal, int]:
    """Against the buyer's limit, over all units; of equals, the larger offer is the better."""
    terms = offer.terms
    return (view.max_price - terms.price) * terms.quantity, terms.quantity


def _bidding(view: BuyerView) -> _Bidding | None:
    """None when no price lies between the limits."""
    grid = grid_for(view.max_price - view.min_price)
    low, high = grid.above(view.min_price), grid.below(view.max_price)
    return _Bidding(grid, low, high, _past_bids(view, low, high)) if low <= high else None


def _past_bids(view: BuyerView, low: Decimal, high: Decimal) -> tuple[Decimal, ...]:
    """A person may have spoken for this buyer and have bid anything: what is out of range or takes
    a bid back doesn't count."""
    past: list[Decimal] = []
    for line in view.transcript:
        bid = stated_bid(line.text) if line.mine else None
        if bid is not None and max((low, *past[-1:])) <= bid <= high:
            past.append(bid)
    return tuple(past)


def _next_bid(view: BuyerView, bidding: _Bidding) -> Decimal:
    """What the tactic bids, rounded down."""
    situation = Situation(
        aspiration=bidding.low,
        reservation=bidding.high,
        time=min(1.0, view.round / view.max_rounds),
        mine=bidding.past,
        theirs=_best_prices(view),
        seed=view.seed,
    )
    price = buyer_tactic(seed=view.seed).next_price(situation)
    return max(bidding.grid.down(price), situation.standing)


def _below_the_table(bidding: _Bidding, bid: Decimal, legal: tuple[TableOffer, ...]) -> Decimal:
    """Nobody bids what it could have already, nor less than it bid before."""
    if legal:
        bid = min(bid, bidding.grid.below(min(offer.terms.price for offer in legal)))
    return max((bid, bidding.low, *bidding.past[-1:]))


def _best_prices(view: BuyerView) -> tuple[Decimal, ...]:
    """The lowest price offered in each round that had an offer."""
    lowest: dict[int, Decimal] = {}
    for line in view.transcript:
        if line.offer and not line.mine:
            price = line.offer.price
            lowest[line.round] = min(price, lowest.get(line.round, price))
    return tuple(lowest.values())


def _addressed(view: BuyerView) -> tuple[str, ...]:
    """Everyone at first and at the last call; in between, sometimes only the promising ones."""
    rivals = sorted(
        (offer for offer in view.offers if offer.terms.price >= view.min_price),
        key=lambda offer: (offer.terms.price, offer.seller_name),
    )
    if view.round == 0 or _is_last_call(view) or len(rivals) < 2:
        return ()
    if draw(view.seed, "everyone", view.round) < 0.5:
        return ()
    few = 1 + int(draw(view.seed, "how many", view.round) * (len(rivals) // 2))
    return tuple(offer.seller_name for offer in rivals[:few])
