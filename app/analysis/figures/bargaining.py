"""The prices that two theories of bargaining call for, and the deal's distance from them.

The problem is that of one price p for a fixed number of units, between the buyer's highest price b
and the seller's least price s. Utilities are (b − p) and (p − s) per unit, no deal is worth (0, 0),
and the prices that may be named are those from L to H: what the rules leave of the zone.

- J. F. Nash (1950), "The Bargaining Problem", Econometrica 18(2), 155-162.
- E. Kalai and M. Smorodinsky (1975), "Other Solutions to Nash's Bargaining Problem", Econometrica
  43(3), 513-518.
"""

from decimal import Decimal
from uuid import UUID

from app.analysis.figures.deals import Deal
from app.analysis.figures.fields import Favoured, Share, Usd, share
from app.analysis.figures.zones import Zone, best_zone
from app.kit.frozen import frozen
from app.kit.money import to_micro


@frozen
class Solution:
    """A price that a theory of bargaining calls for, and how far from it the deal was made."""

    price: Usd
    distance: Usd | None
    distance_share: Share | None
    favoured: Favoured | None


@frozen
class Bargain:
    """The solutions of the price problem with the deal's seller or, with no deal, the best one;
    see `bargain`."""

    seller_id: UUID
    seller_name: str
    nash: Solution
    kalai_smorodinsky: Solution


def bargain(zones: tuple[Zone, ...], deal: Deal | None) -> Bargain | None:
    """With the deal's seller or, with no deal, the best one; None where no price suits both.

    Both solutions are the middle of the zone when the rules cut nothing off it, or as much at one
    end as at the other. They part when the tag or the buyer's lowest price cuts one end only: one
    side's best hope is then less than the whole zone, and Kalai and Smorodinsky's price leans away
    from it while Nash's stays. A stock smaller than what is needed moves neither: it scales both
    utilities alike.
    """
    zone = _zone(zones, deal)
    if zone is None or zone.lowest_price > zone.highest_price or zone.width <= 0:
        return None
    return Bargain(
        seller_id=zone.seller_id,
        seller_name=zone.seller_name,
        nash=_solution(nash_price(zone), zone, deal),
        kalai_smorodinsky=_solution(kalai_smorodinsky_price(zone), zone, deal),
    )


def _zone(zones: tuple[Zone, ...], deal: Deal | None) -> Zone | None:
    if deal is None:
        return best_zone(zones)
    return next(zone for zone in zones if zone.seller_id == deal.seller_id)


def nash_price(zone: Zone) -> Decimal:
    """Where the product (b − p)(p − s) is largest: the middle of the zone, or the end of L..H that
    is nearest to it."""
    middle = (zone.low + zone.high) / 2
    return to_micro(min(max(middle, zone.lowest_price), zone.highest_price))


def kalai_smorodinsky_price(zone: Zone) -> Decimal:
    """Where each side gets the same part of the most it could hope for: (p − s) / (H − s) =
    (b − p) / (b − L), so p = s + (b − s)(H − s) / ((H − s) + (b − L)). It always lies in L..H."""
    seller_ideal = zone.highest_price - zone.low
    buyer_ideal = zone.high - zone.lowest_price
    return to_micro(zone.low + zone.width * seller_ideal / (seller_ideal + buyer_ideal))


def _solution(price: Decimal, zone: Zone, deal: Deal | None) -> Solution:
    """`distance` in USD per unit, `distance_share` as a part of the zone's width; `favoured` is
    the side for which the deal's price is the better one."""
    if deal is None:
        return Solution(price, None, None, None)
    distance = abs(deal.price - price)
    return Solution(price, distance, share(distance, zone.width), _favoured(deal.price, price))


def _favoured(price: Decimal, solution: Decimal) -> Favoured:
    if price == solution:
        return "neither"
    return "seller" if price > solution else "buyer"
