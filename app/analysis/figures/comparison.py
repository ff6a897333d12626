"""Two runs side by side: every figure, their difference, and for whom which one was better."""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from app.analysis.figures.fields import Ratio
from app.analysis.figures.rows import ROWS, Row
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.units import Unit
from app.analysis.figures.wording import listed, percent, usd
from app.kit.frozen import frozen

Better = Literal["a", "b", "equal"]


@frozen
class ComparedFigure:
    """`difference` = b − a. `buyer` and `seller` tell which run that side would rather have; None
    where the figure is nothing to it, or a run doesn't have it."""

    figure: str
    unit: Unit
    a: Ratio | None
    b: Ratio | None
    difference: Ratio | None
    buyer: Better | None
    seller: Better | None
    text: str


@frozen
class Comparison:
    """`same_limits` tells whether item, buyer's limits and sellers' limits were equal, so that
    differences are the strategies' own."""

    a: UUID
    b: UUID
    same_limits: bool
    figures: tuple[ComparedFigure, ...]


def compare(a: RunFigures, b: RunFigures) -> Comparison:
    """Without a deal both sides gain nothing, so that a deal is compared with none as well."""
    rows = tuple(_compared(row, row.value(a), row.value(b)) for row in ROWS)
    return Comparison(a.run_id, b.run_id, _limits(a) == _limits(b), rows)


def _limits(figures: RunFigures) -> object:
    buyer = (figures.buyer_min_price, figures.buyer_max_price, figures.quantity_needed)
    sellers = sorted(
        (zone.seller_name, zone.cost, zone.low, zone.selling_price, zone.quantity)
        for zone in figures.zones
    )
    return figures.item_name, buyer, sellers


def _compared(row: Row, a: Decimal | None, b: Decimal | None) -> ComparedFigure:
    difference = None if a is None or b is None else b - a
    return ComparedFigure(
        figure=row.figure,
        unit=row.unit,
        a=a,
        b=b,
        difference=difference,
        buyer=_better(difference, row.buyer),
        seller=_better(difference, row.seller),
        text=_text(row, a, b),
    )


def _better(difference: Decimal | None, wants: int) -> Better | None:
    if difference is None or wants == 0:
        return None
    if difference == 0:
        return "equal"
    return "b" if difference * wants > 0 else "a"


def _text(row: Row, a: Decimal | None, b: Decimal | None) -> str:
    if a is None and b is None:
        return f"{row.label}: neither run has it."
    if b is None:
        return f"{row.label}: {_shown(a, row.unit)} in the first run; the second has none."
    if a is None:
        return f"{row.label}: {_shown(b, row.unit)} in the second run; the first has none."
    if a == b:
        return f"{row.label}: {_shown(a, row.unit)} in both runs."
    apart = f"{_apart(abs(b - a), row.unit)} {'more' if b > a else 'less'}"
    told = f"{_shown(a, row.unit)} in the first run, {_shown(b, row.unit)} in the second, {apart}"
    return f"{row.label}: {told}{_preferred(row, b - a)}."


def _preferred(row: Row, difference: Decimal) -> str:
    run = {"a": "first", "b": "second"}
    buyer, seller = (_better(difference, wants) for wants in (row.buyer, row.seller))
    if buyer and buyer == seller:
        return f"; both sides are better off with the {run[buyer]}"
    sides = (("buyer", buyer), ("seller", seller))
    told = [f"the {side} is better off with the {run[won]}" for side, won in sides if won]
    return f"; {listed(told)}" if told else ""


def _shown(value: Decimal | None, unit: Unit) -> str:
    if value is None:
        return "none"
    match unit:
        case Unit.USD:
            return usd(value)
        case Unit.SHARE:
            return percent(value)
        case Unit.SECONDS:
            return f"{value:,.1f} seconds"
        case _:
            return f"{value:,}"


def _apart(difference: Decimal, unit: Unit) -> str:
    """Of two percentages, the difference is in points."""
    shown = _shown(difference, unit)
    return f"{shown.removesuffix('%')} points" if unit is Unit.SHARE else shown
