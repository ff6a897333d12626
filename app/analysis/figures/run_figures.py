"""What is counted and computed of one finished run; every module beside this one fills a part.

Prices are in USD per unit, amounts in USD. A figure that doesn't exist in a run is None. Events
are named by their places in the room's log, the ids that its stream gives them.
"""

from uuid import UUID

from app.analysis.figures.anchors import Anchor
from app.analysis.figures.bargaining import Bargain
from app.analysis.figures.concessions import Curve
from app.analysis.figures.course import Course
from app.analysis.figures.deals import Deal, Gains
from app.analysis.figures.fields import Side, Usd
from app.analysis.figures.zones import Zone
from app.kit.frozen import frozen


@frozen
class Strategy:
    """Who sat on one seat. `priority` and `style` are a seller's."""

    agent_id: UUID
    name: str
    side: Side
    agent: str
    priority: str | None = None
    style: str | None = None


@frozen
class RunFigures:
    run_id: UUID
    session_id: UUID
    item_name: str
    number: int
    quantity_needed: int
    buyer_min_price: Usd
    buyer_max_price: Usd
    provider: str
    model: str
    strategies: tuple[Strategy, ...]
    zones: tuple[Zone, ...]
    deal: Deal | None
    gains: Gains
    bargain: Bargain | None
    anchors: tuple[Anchor, ...]
    curves: tuple[Curve, ...]
    course: Course

    @property
    def buyer(self) -> Strategy:
        return self.strategies[0]

    def zone(self, seller_id: UUID) -> Zone:
        """Raises `KeyError` for a seller that took no part."""
        for zone in self.zones:
            if zone.seller_id == seller_id:
                return zone
        raise KeyError(seller_id)


@frozen
class Sentence:
    """A figure in words. `figure` is its path in `RunFigures`, such as `deal.buyer_share`."""

    figure: str
    text: str
    event_ids: tuple[int, ...] = ()
