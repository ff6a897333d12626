"""What stands out in a run: the best offer, where it turned, how sides conceded."""

from collections.abc import Iterator
from decimal import Decimal

from app.analysis.figures.concessions import Curve, Step
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.sentences_of_bargaining import MANNERS
from app.analysis.figures.sentences_of_course import ended
from app.analysis.figures.wording import count, usd
from app.kit.frozen import frozen


@frozen
class Highlights:
    best_offer: str
    turning_points: tuple[str, ...]
    tactics_used: tuple[str, ...]


def highlights(figures: RunFigures) -> Highlights:
    return Highlights(
        best_offer=_best_offer(figures),
        turning_points=tuple(_turning_points(figures)),
        tactics_used=tuple(_tactics(figures)),
    )


def _offers(figures: RunFigures) -> list[tuple[Curve, Step]]:
    return [(curve, step) for curve in figures.curves[1:] for step in curve.steps]


def _best_offer(figures: RunFigures) -> str:
    """The one that would have saved the buyer most against its limit."""

    def saving(offer: tuple[Curve, Step]) -> Decimal:
        return (figures.buyer_max_price - offer[1].price) * offer[1].quantity

    best = max(_offers(figures), key=saving, default=None)
    if best is None:
        return "none was made"
    curve, step = best
    units = count(step.quantity, "unit")
    return f"{usd(step.price)} per unit for {units}, from {curve.name} in round {step.round}"


def _turning_points(figures: RunFigures) -> Iterator[str]:
    given = [offer for offer in _offers(figures) if offer[1].concession > 0]
    largest = max(given, key=lambda offer: offer[1].concession, default=None)
    if largest is not None:
        curve, step = largest
        amount = usd(step.concession)
        yield f"Round {step.round}: {curve.name} came down {amount}, the largest step of the run."
    if figures.course.ended_event_id is not None:
        yield f"Round {figures.course.rounds}: {ended(figures).text}"


def _tactics(figures: RunFigures) -> Iterator[str]:
    for curve in figures.curves[1:]:
        if curve.shape is not None:
            yield f"{curve.name} conceded {MANNERS[curve.shape]}, β {curve.beta}."
        elif len(curve.steps) > 1 and not any(step.concession for step in curve.steps):
            yield f"{curve.name} held its price."
