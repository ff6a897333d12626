"""What a seller without a model offers: the tactic's number and what it means; words come after.

Offers lie in (least, selling]: not even the last one is the seller's own limit.
"""

from decimal import Decimal
from enum import StrEnum

from app.kit.frozen import frozen
from app.negotiation.agents.bids import stated_bid
from app.negotiation.agents.chance import between
from app.negotiation.agents.seat import SellerView, Terms
from app.negotiation.agents.tactics import Grid, Situation, grid_for, seller_tactic


class SellerIntent(StrEnum):
    """`meet` gives the buyer its bid or less; `hold` repeats the last price, `concede` lowers it;
    `final` is the last word."""

    OPEN = "open"
    HOLD = "hold"
    CONCEDE = "concede"
    MEET = "meet"
    FINAL = "final"


@frozen
class SellerMove:
    """`bid` is the buyer's last one per unit, None when it named no price."""

    terms: Terms
    intent: SellerIntent
    bid: Decimal | None


def decide_seller(view: SellerView) -> SellerMove:
    """Always an offer, in the first answer too; the buyer's bid itself once that is good enough."""
    mine = tuple(line.offer.price for line in view.transcript if line.mine and line.offer)
    heard = (stated_bid(line.text) for line in view.transcript if not line.mine)
    theirs = tuple(bid for bid in heard if bid is not None)
    bid = theirs[-1] if theirs else None
    price = _asking(view, mine, theirs)
    if bid is not None:
        price = min(max(price, bid), view.selling_price)
    terms = Terms(price, min(view.quantity_requested, view.stock))
    return SellerMove(terms, _intent(view, price, mine, bid), bid)


def _asking(view: SellerView, mine: tuple[Decimal, ...], theirs: tuple[Decimal, ...]) -> Decimal:
    """What the tactic asks, rounded up. The last round is the deadline for every tactic: two that
    imitate each other would otherwise part without a deal that both could have had."""
    grid = _grid(view)
    lowest = _lowest(view, grid)
    if view.round >= view.max_rounds:
        return lowest
    situation = Situation(
        aspiration=view.selling_price,
        reservation=lowest,
        time=max(0, view.round - 1) / max(1, view.max_rounds - 1),
        mine=mine,
        theirs=theirs,
        seed=view.seed,
    )
    tactic = seller_tactic(
        view.priority, view.style, seed=view.seed, name=view.seller_name, rounds=view.max_rounds
    )
    return min(grid.up(tactic.next_price(situation)), situation.standing)


def _grid(view: SellerView) -> Grid:
    """Fine enough that rounding up from the least price doesn't lose a customer."""
    return grid_for(min(view.selling_price - view.least_price, view.least_price / 10))


def _lowest(view: SellerView, grid: Grid) -> Decimal:
    """A seeded bit above the least price, so that the last offer doesn't give that away."""
    room = min((view.selling_price - view.least_price) / 20, view.least_price / 50)
    share = between(0.3, 1.0, view.seed, view.seller_name, "floor")
    floor = grid.up(view.least_price + room * Decimal(share))
    return min(max(floor, grid.above(view.least_price)), view.selling_price)


def _intent(
    view: SellerView, price: Decimal, mine: tuple[Decimal, ...], bid: Decimal | None
) -> SellerIntent:
    if bid is not None and price <= bid:
        return SellerIntent.MEET
    if view.round >= view.max_rounds:
        return SellerIntent.FINAL
    if not mine:
        return SellerIntent.OPEN
    return SellerIntent.CONCEDE if price < mine[-1] else SellerIntent.HOLD
