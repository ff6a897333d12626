"""Every number that is true of a run, to hold a text against.

A number is a fact when it stands in the figures, in the limits or in an offer of the log, or is a
plain consequence of these: a total, a difference of two prices, a part of a price. What agents
said in words isn't read: a number in there is theirs.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal

from app.analysis.figures.log import offers_of
from app.analysis.figures.prices import PriceFact, consequences, of_limits
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.units import Unit, unit_of
from app.kit.frozen import frozen
from app.negotiation import FinishedRun


@frozen
class Fact:
    """A number without its sign, and where it comes from: a path in `RunFigures` such as
    `zones.0.low`, or `limits` or `offers`, and the event that it belongs to, if any. A share is a
    part of 1, so 0.625 is what a text calls 62.5%."""

    value: Decimal
    unit: Unit
    figure: str
    event_id: int | None = None


def facts(run: FinishedRun, figures: RunFigures) -> tuple[Fact, ...]:
    """Each once, `figures` being those of `run`."""
    found = (*numbers_of(figures), *_of_limits(run), *_of_offers(run, figures))
    return tuple(dict.fromkeys(found))


def numbers_of(value: object, path: str = "", event_id: int | None = None) -> Iterator[Fact]:
    """Every number in a tree of dataclasses, by the names of their fields."""
    if isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from numbers_of(each, f"{path}.{place}", event_id)
    elif is_dataclass(value):
        of_event = getattr(value, "event_id", event_id)
        for field in fields(value):
            inner = f"{path}.{field.name}" if path else field.name
            yield from numbers_of(getattr(value, field.name), inner, of_event)
    elif isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        unit = unit_of(path.rpartition(".")[2], value)
        if unit is not None:
            yield Fact(abs(Decimal(str(value))), unit, path, event_id)


def _of_limits(run: FinishedRun) -> Iterator[Fact]:
    yield Fact(Decimal(run.min_rounds), Unit.ROUND, "limits")
    yield Fact(Decimal(len(run.sellers)), Unit.COUNT, "limits")
    yield from _facts(of_limits(run), "limits", None)


def _of_offers(run: FinishedRun, figures: RunFigures) -> Iterator[Fact]:
    """Each against its seller's first and the one before, the limits, the solutions and the deal;
    the last of each seller also against the last of the others."""
    beside = _landmarks(figures)
    for seller in run.sellers:
        own = {*beside, seller.selling_price, seller.least_price, seller.cost_price}
        made = offers_of(run, seller)
        prices = [offer.terms.price for _, offer in made]
        for place, (seq, offer) in enumerate(made):
            yield Fact(Decimal(offer.terms.quantity), Unit.COUNT, "offers", seq)
            yield Fact(Decimal(offer.round), Unit.ROUND, "offers", seq)
            others = {*own, *prices[:1], *prices[max(0, place - 1) : place]}
            if place == len(made) - 1:
                others |= _last_prices(figures)
            yield from _facts(consequences(offer.terms, others), "offers", seq)


def _landmarks(figures: RunFigures) -> set[Decimal]:
    bargain, deal = figures.bargain, figures.deal
    return {
        figures.buyer_min_price,
        figures.buyer_max_price,
        *((bargain.nash.price, bargain.kalai_smorodinsky.price) if bargain else ()),
        *((deal.price,) if deal else ()),
    }


def _last_prices(figures: RunFigures) -> set[Decimal]:
    return {curve.steps[-1].price for curve in figures.curves[1:] if curve.steps}


def _facts(prices: Iterator[PriceFact], figure: str, event_id: int | None) -> Iterator[Fact]:
    for value, unit in prices:
        yield Fact(abs(value), unit, figure, event_id)
