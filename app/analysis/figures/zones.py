"""Where a price could lie that both sides take, per seller.

The zone of possible agreement reaches from the seller's reservation price (its least price) to
the buyer's (its highest), and there is none when the first is above the second: H. Raiffa (1982),
"The Art and Science of Negotiation", Harvard University Press, on distributive bargaining.
"""

from uuid import UUID

from app.analysis.figures.fields import ZERO, Usd
from app.kit.frozen import frozen
from app.negotiation import FinishedRun, FinishedSeller


@frozen
class Zone:
    """The zone of possible agreement with one seller; see `zones`."""

    seller_id: UUID
    seller_name: str
    exists: bool
    low: Usd
    high: Usd
    width: Usd
    cost: Usd
    width_over_cost: Usd
    selling_price: Usd
    lowest_price: Usd
    highest_price: Usd
    quantity: int
    attainable_surplus: Usd


def zones(run: FinishedRun) -> tuple[Zone, ...]:
    """One per participating seller, in the order of the session."""
    return tuple(_zone(run, seller) for seller in run.sellers)


def _zone(run: FinishedRun, seller: FinishedSeller) -> Zone:
    """`width` = highest − least price, below zero where there is no zone; `width_over_cost` is the
    same over what the goods cost the seller. `lowest_price` to `highest_price` is the part of the
    zone that the rules let both name: not under the buyer's lowest price, not over the tag.

    `attainable_surplus` = width × quantity, where quantity is what is needed or all there is in
    stock. It is the most that both sides together can gain, and doesn't depend on the price.
    """
    buyer = run.buyer
    width = buyer.max_price - seller.least_price
    quantity = min(buyer.quantity_needed, seller.stock)
    return Zone(
        seller_id=seller.seller_id,
        seller_name=seller.name,
        exists=width >= 0,
        low=seller.least_price,
        high=buyer.max_price,
        width=width,
        cost=seller.cost_price,
        width_over_cost=buyer.max_price - seller.cost_price,
        selling_price=seller.selling_price,
        lowest_price=max(seller.least_price, buyer.min_price),
        highest_price=min(seller.selling_price, buyer.max_price),
        quantity=quantity,
        attainable_surplus=max(width, ZERO) * quantity,
    )


def best_zone(found: tuple[Zone, ...]) -> Zone | None:
    """With whom most can be gained: of sellers with enough stock, the one with the lowest least
    price. None when nothing can be gained with anybody."""
    best = max(found, key=lambda zone: zone.attainable_surplus, default=None)
    return best if best is not None and best.attainable_surplus > 0 else None
