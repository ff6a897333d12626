"""What to try next time, each with the figure that it follows from."""

from collections.abc import Iterator
from decimal import Decimal

from app.analysis.figures.deals import Deal
from app.analysis.figures.endings import EndedBy
from app.analysis.figures.fit import Shape
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.wording import count, percent, usd
from app.kit.frozen import frozen

_LITTLE = Decimal("0.4")
"""A side that gets less of the zone than this is advised to concede later."""


@frozen
class Recommendation:
    """`figure` is a path in `RunFigures`; the text tells its value."""

    text: str
    figure: str


def recommendations(figures: RunFigures) -> tuple[Recommendation, ...]:
    found = _with(figures, figures.deal) if figures.deal else _without(figures)
    return (*found, *_always(figures))


def _without(figures: RunFigures) -> Iterator[Recommendation]:
    course, gains = figures.course, figures.gains
    left = f"{usd(gains.left)} could have been gained with {gains.best_seller_name}"
    if gains.best_seller_id is None:
        text = "Raise the buyer's limit or invite other sellers: nothing could be gained with any."
        yield Recommendation(text, "gains.attainable")
    elif course.ended_by is EndedBy.LAST_ROUND:
        rounds = count(course.max_rounds, "round")
        text = f"Allow more than {rounds}, or have a side concede earlier: {left}."
        yield Recommendation(text, "course.rounds")
    elif course.ended_by is EndedBy.TIME_OUT:
        yield Recommendation(f"Allow more time, or use faster models: {left}.", "course.seconds")
    elif course.ended_by is EndedBy.WALKING_AWAY:
        yield Recommendation(f"Have the buyer bargain on: {left}.", "gains.left")
    else:
        yield Recommendation(f"Run it again: {left}.", "gains.left")


def _with(figures: RunFigures, deal: Deal) -> Iterator[Recommendation]:
    gains = figures.gains
    if deal.buyer_share is not None and deal.buyer_share < _LITTLE:
        text = (
            f"Have the buyer hold out longer: it got {percent(deal.buyer_share)} of the zone, and "
            f"{deal.seller_name} could have given {usd(deal.seller_surplus)} more."
        )
        yield Recommendation(text, "deal.buyer_share")
    if deal.seller_share is not None and deal.seller_share < _LITTLE:
        text = f"{deal.seller_name} could concede later: it got {percent(deal.seller_share)} of "
        yield Recommendation(f"{text}the zone{_manner(figures, deal)}.", "deal.seller_share")
    if gains.left > 0 and deal.seller_id != gains.best_seller_id:
        text = f"Have the buyer press {gains.best_seller_name}: {usd(gains.left)} more could be "
        yield Recommendation(f"{text}gained with it, both sides together.", "gains.left")


def _manner(figures: RunFigures, deal: Deal) -> str:
    curve = next(curve for curve in figures.curves if curve.agent_id == deal.seller_id)
    return f" after conceding early, β {curve.beta}" if curve.shape is Shape.CONCEDER else ""


def _always(figures: RunFigures) -> Iterator[Recommendation]:
    if passes := figures.course.passes:
        turns = count(passes, "turn")
        text = f"Look at the notices of the run: {turns} passed without a word."
        yield Recommendation(text, "course.passes")
