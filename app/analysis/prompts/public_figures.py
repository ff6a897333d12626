"""What a judge is told of figures: prices that were offered, shares, and how the run went by.

A judge is asked outside of the house, and what agents keep to themselves stays in it: no limit, no
cost, no stock, and no amount from which one of them could be worked out.
"""

from collections.abc import Iterator, Sequence

from app.analysis.figures import Anchor, Bargain, RunFigures, Sentence, Solution, Zone
from app.analysis.figures.wording import percent, usd

_AS_THEY_ARE = frozenset(
    {
        "deal",
        "deal.buyer_share",
        "curves",
        "course.rounds",
        "course.activity",
        "course.last_mover",
        "course.last_concession",
        "course.ended_by",
    }
)
"""Figures whose sentences have no amounts but public ones."""


def public_sentences(figures: RunFigures, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """In the order of the figures; of those that are made from limits, what can be told."""
    told = [sentence for sentence in sentences if sentence.figure in _AS_THEY_ARE]
    return (
        *(_zone(zone) for zone in figures.zones),
        *_efficiency(figures),
        *(_bargain(figures.bargain) if figures.bargain else ()),
        *(_anchor(anchor) for anchor in figures.anchors),
        *told,
    )


def _zone(zone: Zone) -> Sentence:
    possible = "a deal" if zone.exists else "no deal"
    return Sentence("zones", f"With {zone.seller_name} {possible} was possible.")


def _efficiency(figures: RunFigures) -> Iterator[Sentence]:
    realised = figures.gains.efficiency
    if realised is not None:
        text = f"Of all that both sides could gain together, {percent(realised)} was realised."
        yield Sentence("gains.efficiency", text)


def _bargain(bargain: Bargain) -> Iterator[Sentence]:
    yield from _solution("bargain.nash", "Nash's price", bargain.nash)
    kalai = bargain.kalai_smorodinsky
    yield from _solution("bargain.kalai_smorodinsky", "Kalai and Smorodinsky's price", kalai)


def _solution(figure: str, name: str, solution: Solution) -> Iterator[Sentence]:
    if solution.distance_share is not None:
        apart = percent(abs(solution.distance_share))
        text = f"The deal lies {apart} of the zone from {name}, which favours {solution.favoured}."
        yield Sentence(figure, text)


def _anchor(anchor: Anchor) -> Sentence:
    text = f"{anchor.seller_name} first offered {usd(anchor.first_price)} in round {anchor.round}"
    if anchor.above_deal is not None:
        text += f"; {usd(anchor.above_deal)} above the price of the deal"
    return Sentence("anchors", f"{text}.", (anchor.event_id,))
