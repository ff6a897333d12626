"""Sentences on the solutions of bargaining theory, on anchors and on concessions."""

from collections.abc import Iterator

from app.analysis.figures.anchors import Anchor
from app.analysis.figures.bargaining import Bargain, Solution
from app.analysis.figures.concessions import Curve
from app.analysis.figures.fit import Shape
from app.analysis.figures.run_figures import RunFigures, Sentence
from app.analysis.figures.wording import count, further, percent, usd

MANNERS = {
    Shape.BOULWARE: "late (Boulware)",
    Shape.LINEAR: "evenly (linear)",
    Shape.CONCEDER: "early (Conceder)",
}


def bargaining(figures: RunFigures) -> Iterator[Sentence]:
    if figures.bargain is not None:
        yield _solution("bargain.nash", "Nash's", figures.bargain, figures.bargain.nash, figures)
        other = figures.bargain.kalai_smorodinsky
        name = "bargain.kalai_smorodinsky"
        yield _solution(name, "Kalai and Smorodinsky's", figures.bargain, other, figures)
    yield from map(_anchor, figures.anchors)
    yield from map(_curve, figures.curves)


def _solution(
    figure: str, whose: str, bargain: Bargain, solution: Solution, figures: RunFigures
) -> Sentence:
    text = f"{whose} price with {bargain.seller_name} is {usd(solution.price)} per unit"
    deal = figures.deal
    if deal is None or solution.distance is None or solution.distance_share is None:
        return Sentence(figure, f"{text}; no deal was made.")
    if solution.favoured == "neither":
        return Sentence(figure, f"{text}, and the deal was made at it.", (deal.event_id,))
    where = further(deal.price - solution.price, "above", "below")
    part = percent(solution.distance_share)
    told = f"{text}; the deal was made {where} it, {part} of the zone, which favours the "
    return Sentence(figure, f"{told}{solution.favoured}.", (deal.event_id,))


def _anchor(anchor: Anchor) -> Sentence:
    how = "opened with" if anchor.opened else "first offered"
    text = f"{anchor.seller_name} {how} {usd(anchor.first_price)} in round {anchor.round}"
    if anchor.above_middle is not None:
        middle = further(anchor.above_middle, "above", "below") if anchor.above_middle else "at"
        text += f", {middle} the middle of the zone"
    if anchor.above_deal is not None:
        deal = further(anchor.above_deal, "above", "below") if anchor.above_deal else "at"
        text += f", {deal} the price of the deal"
    return Sentence("anchors", f"{text}.", (anchor.event_id,))


def _curve(curve: Curve) -> Sentence:
    ids = tuple(step.event_id for step in curve.steps)
    text = _buyers(curve) if curve.side == "buyer" else _sellers(curve)
    return Sentence("curves", text, ids)


def _buyers(curve: Curve) -> str:
    if not curve.steps:
        return f"{curve.name} named no price that binds: only sellers offer, and it accepted none."
    step = curve.steps[0]
    return f"{curve.name} accepted {usd(step.price)} per unit in round {step.round}."


def _sellers(curve: Curve) -> str:
    if not curve.steps:
        return f"{curve.name} made no offer."
    offers, last = count(len(curve.steps), "offer"), usd(curve.steps[-1].price)
    if not curve.total or curve.total_share is None:
        return f"{curve.name} made {offers} and ended where it began, at {last}."
    moved = further(curve.total, "lower", "higher")
    text = f"{curve.name} made {offers} and ended {moved}, at {last}: "
    text += f"{percent(abs(curve.total_share))} of its range"
    if curve.shape is None:
        return f"{text}."
    return f"{text}, conceding {MANNERS[curve.shape]}, β {curve.beta}."
