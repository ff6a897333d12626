"""Fitting the exponent of a concession curve; see `concessions` for where it comes from."""

import math
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

LINEAR_FROM, LINEAR_TO = Decimal("0.8"), Decimal("1.25")
"""β between these counts as linear: a quarter more or less, the same either way on a log scale."""

Point = tuple[float, float]


class Shape(StrEnum):
    """How a side conceded over time: late, evenly, early."""

    BOULWARE = "boulware"
    LINEAR = "linear"
    CONCEDER = "conceder"


def fitted_beta(points: Sequence[Point]) -> Decimal | None:
    """β, to a hundredth, of points (time, share of the range conceded), the first offer first.

    With t and the share counted from the first offer, the curve is share = t^(1/β), and ln share
    is a line through the origin over ln t: least squares gives 1/β = Σxy / Σx². A point tells
    nothing when it is at the deadline (ln t = 0), and has no logarithm when nothing has been
    conceded since the first offer. None when fewer than two points are left, or when they all
    stand at the limit already.
    """
    logs = _logarithms(points)
    products = sum(x * y for x, y in logs)
    if len(logs) < 2 or products <= 0:
        return None
    return Decimal(str(round(sum(x * x for x, _ in logs) / products, 2)))


def _logarithms(points: Sequence[Point]) -> list[Point]:
    if not points:
        return []
    start, given = points[0]
    if start >= 1 or given >= 1:
        return []
    since = [((t - start) / (1 - start), (a - given) / (1 - given)) for t, a in points[1:]]
    return [(math.log(t), math.log(min(a, 1.0))) for t, a in since if 0 < t < 1 and a > 0]


def shape_of(beta: Decimal | None) -> Shape | None:
    if beta is None:
        return None
    if beta < LINEAR_FROM:
        return Shape.BOULWARE
    return Shape.LINEAR if beta <= LINEAR_TO else Shape.CONCEDER
