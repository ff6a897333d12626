"""What a deal was worth, and what could have been gained.

A side's surplus is the distance of the price from its own reservation price, times the units; no
deal is worth nothing to either. Raiffa (1982), as in `zones`. Utility is taken to be linear in
money, so surpluses add up and the price only divides their sum.
"""

from uuid import UUID

from app.analysis.figures.fields import ZERO, Share, Usd, share
from app.analysis.figures.log import decision
from app.analysis.figures.zones import Zone, best_zone
from app.kit.frozen import frozen
from app.negotiation import FinishedRun, FinishedSeller, Terms


@frozen
class Deal:
    """What was agreed and what it was worth to each side; see `deal`."""

    event_id: int
    seller_id: UUID
    seller_name: str
    by_person: bool
    price: Usd
    quantity: int
    total: Usd
    buyer_surplus: Usd
    seller_surplus: Usd
    seller_profit: Usd
    joint_surplus: Usd
    buyer_share: Share | None
    seller_share: Share | None


@frozen
class Gains:
    """What could have been gained and what was; see `gains`."""

    best_seller_id: UUID | None
    best_seller_name: str | None
    attainable: Usd
    realised: Usd
    left: Usd
    efficiency: Share | None


def deal(run: FinishedRun) -> Deal | None:
    """None without one. With price p, quantity q, the buyer's highest price b, the seller's least
    price s and cost c: `buyer_surplus` = (b − p) q, `seller_surplus` = (p − s) q, `seller_profit`
    = (p − c) q, `joint_surplus` = (b − s) q, and each side's share is its surplus in the joint one.

    The shares lie in 0..1 and add up to 1 for a price within the zone. A price that a person
    imposed may lie outside: one share is then below 0 and the other above 1.
    """
    found = decision(run)
    if found is None or found[1].terms is None:
        return None
    seq, decided = found
    seller = next(s for s in run.sellers if s.seller_id == decided.seller_id)
    return _worth(run, seller, found[1].terms, seq, by_person=decided.by_human)


def _worth(
    run: FinishedRun, seller: FinishedSeller, terms: Terms, seq: int, *, by_person: bool
) -> Deal:
    price, quantity = terms.price, terms.quantity
    saved = (run.buyer.max_price - price) * quantity
    won = (price - seller.least_price) * quantity
    return Deal(
        event_id=seq,
        seller_id=seller.seller_id,
        seller_name=seller.name,
        by_person=by_person,
        price=price,
        quantity=quantity,
        total=price * quantity,
        buyer_surplus=saved,
        seller_surplus=won,
        seller_profit=(price - seller.cost_price) * quantity,
        joint_surplus=saved + won,
        buyer_share=share(saved, saved + won),
        seller_share=share(won, saved + won),
    )


def gains(found: tuple[Zone, ...], made: Deal | None) -> Gains:
    """`attainable` is the largest joint surplus that any seller of the room offered the chance of,
    `realised` the deal's, 0 without one; `left` on the table is their difference, and `efficiency`
    = realised / attainable, None where nothing could be gained.

    The price counts for nothing here. What is lost is lost by no deal, by a dearer seller, or by
    fewer units.
    """
    best = best_zone(found)
    attainable = best.attainable_surplus if best else ZERO
    realised = made.joint_surplus if made else ZERO
    return Gains(
        best_seller_id=best.seller_id if best else None,
        best_seller_name=best.seller_name if best else None,
        attainable=attainable,
        realised=realised,
        left=attainable - realised,
        efficiency=share(realised, attainable),
    )
