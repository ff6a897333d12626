"""Each seller's first offer, and how far things moved from it.

A first offer draws the final price towards itself: A. D. Galinsky and T. Mussweiler (2001), "First
Offers as Anchors: The Role of Perspective-Taking and Negotiator Focus", Journal of Personality and
Social Psychology 81(4), 657-669. Only offers count here. A bid that the buyer made in words binds
nobody and isn't read out of them.
"""

from uuid import UUID

from app.analysis.figures.deals import Deal
from app.analysis.figures.fields import Usd
from app.analysis.figures.log import offers_of
from app.analysis.figures.zones import Zone
from app.kit.frozen import frozen
from app.kit.money import to_micro
from app.negotiation import FinishedRun, OfferMade


@frozen
class Anchor:
    """A seller's first offer beside what followed; see `anchors`."""

    seller_id: UUID
    seller_name: str
    opened: bool
    event_id: int
    round: int
    first_price: Usd
    last_price: Usd
    above_last: Usd
    above_middle: Usd | None
    above_deal: Usd | None


def anchors(run: FinishedRun, zones: tuple[Zone, ...], deal: Deal | None) -> tuple[Anchor, ...]:
    """One per seller that offered, in the order of their first offers; the first has `opened`.

    `above_last` = first − last offer of this seller, `above_middle` = first offer − middle of its
    zone, None where there is no zone; `above_deal` = first offer − the deal's price, whoever made
    the deal, None without one. Below zero: the first offer was the lower one.
    """
    offers = [
        (made, zone)
        for seller, zone in zip(run.sellers, zones, strict=True)
        if (made := offers_of(run, seller))
    ]
    in_order = sorted(offers, key=lambda entry: entry[0][0][0])
    return tuple(
        _anchor(made, zone, deal, opened=place == 0) for place, (made, zone) in enumerate(in_order)
    )


def _anchor(
    made: list[tuple[int, OfferMade]], zone: Zone, deal: Deal | None, *, opened: bool
) -> Anchor:
    seq, first = made[0]
    price, last = first.terms.price, made[-1][1].terms.price
    middle = (zone.low + zone.high) / 2
    return Anchor(
        seller_id=zone.seller_id,
        seller_name=zone.seller_name,
        opened=opened,
        event_id=seq,
        round=first.round,
        first_price=price,
        last_price=last,
        above_last=price - last,
        above_middle=to_micro(price - middle) if zone.exists else None,
        above_deal=price - deal.price if deal else None,
    )
