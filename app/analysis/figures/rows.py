"""Which figures two runs are compared by, and who wants more of them."""

from collections.abc import Callable
from decimal import Decimal

from app.analysis.figures.fields import ZERO
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.units import Unit
from app.kit.frozen import frozen


@frozen
class Row:
    """`buyer` and `seller` are 1 for a side that wants more of it, −1 for less, 0 for neither: how
    long a run took, for instance, is by itself nobody's gain."""

    figure: str
    label: str
    unit: Unit
    value: Callable[[RunFigures], Decimal | None]
    buyer: int
    seller: int


ROWS = (
    Row("deal.price", "The price per unit", Unit.USD,
        lambda f: f.deal.price if f.deal else None, -1, 1),
    Row("deal.quantity", "The quantity", Unit.COUNT,
        lambda f: Decimal(f.deal.quantity) if f.deal else None, 1, 1),
    Row("deal.total", "The total", Unit.USD, lambda f: f.deal.total if f.deal else None, 0, 0),
    Row("deal.buyer_surplus", "The buyer's surplus", Unit.USD,
        lambda f: f.deal.buyer_surplus if f.deal else ZERO, 1, 0),
    Row("deal.seller_surplus", "The seller's surplus", Unit.USD,
        lambda f: f.deal.seller_surplus if f.deal else ZERO, 0, 1),
    Row("deal.buyer_share", "The buyer's share of the zone", Unit.SHARE,
        lambda f: f.deal.buyer_share if f.deal else None, 1, -1),
    Row("gains.realised", "What both gained together", Unit.USD,
        lambda f: f.gains.realised, 1, 1),
    Row("gains.left", "What was left on the table", Unit.USD, lambda f: f.gains.left, -1, -1),
    Row("gains.efficiency", "The efficiency", Unit.SHARE, lambda f: f.gains.efficiency, 1, 1),
    Row("bargain.nash.distance", "The distance from Nash's price", Unit.USD,
        lambda f: f.bargain.nash.distance if f.bargain else None, 0, 0),
    Row("bargain.kalai_smorodinsky.distance", "The distance from Kalai and Smorodinsky's price",
        Unit.USD, lambda f: f.bargain.kalai_smorodinsky.distance if f.bargain else None, 0, 0),
    Row("anchors.first_price", "The first price offered", Unit.USD,
        lambda f: f.anchors[0].first_price if f.anchors else None, -1, 1),
    Row("curves.total", "What the sellers came down, all together", Unit.USD,
        lambda f: sum((curve.total for curve in f.curves), ZERO), 1, -1),
    Row("course.rounds", "The number of rounds", Unit.ROUND,
        lambda f: Decimal(f.course.rounds), 0, 0),
    Row("course.messages", "The number of messages", Unit.COUNT,
        lambda f: Decimal(f.course.messages), 0, 0),
    Row("course.passes", "The number of passed turns", Unit.COUNT,
        lambda f: Decimal(f.course.passes), -1, -1),
    Row("course.seconds", "The time taken", Unit.SECONDS,
        lambda f: Decimal(str(f.course.seconds)), 0, 0),
)  # fmt: skip
