"""A run in the words of the summary's `ai_summary`, from figures alone."""

from decimal import Decimal
from typing import Literal

from app.analysis.figures import remarks
from app.analysis.figures.highlights import Highlights, highlights
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.sentences import sentences
from app.analysis.figures.wording import percent
from app.kit.frozen import frozen

Winner = Literal["buyer", "seller", "balanced", "none"]

EVEN_FROM, EVEN_TO = Decimal("0.45"), Decimal("0.55")
"""A buyer's share of the zone from here to there is a balanced deal."""

_TOLD = (
    "deal", "deal.buyer_share", "gains.left", "course.rounds", "course.ended_by",
)  # fmt: skip


@frozen
class SideSummary:
    what_went_well: tuple[str, ...]
    what_to_improve: tuple[str, ...]


@frozen
class RunSummary:
    """The fields of `ai_summary` in the marketplace contract, version 1; every list may be empty,
    none is missing."""

    narrative: str
    buyer_analysis: SideSummary
    seller_analysis: SideSummary
    highlights: Highlights
    deal_winner: str


def figures_summary(figures: RunFigures) -> RunSummary:
    """What is shown where no model judges."""
    told = {sentence.figure: sentence.text for sentence in reversed(sentences(figures))}
    return RunSummary(
        narrative=" ".join(told[figure] for figure in _TOLD if figure in told),
        buyer_analysis=SideSummary(
            tuple(remarks.buyer_did_well(figures)), tuple(remarks.buyer_could_improve(figures))
        ),
        seller_analysis=SideSummary(
            tuple(remarks.sellers_did_well(figures)),
            tuple(remarks.sellers_could_improve(figures)),
        ),
        highlights=highlights(figures),
        deal_winner=_winner_in_words(figures),
    )


def winner(figures: RunFigures) -> Winner:
    """Who got the larger part of the zone: `balanced` within a twentieth of the middle, `none`
    without a deal, or with one where there was nothing to divide."""
    share = figures.deal.buyer_share if figures.deal else None
    if share is None:
        return "none"
    if EVEN_FROM <= share <= EVEN_TO:
        return "balanced"
    return "buyer" if share > EVEN_TO else "seller"


def _winner_in_words(figures: RunFigures) -> str:
    deal, won = figures.deal, winner(figures)
    if deal is None or deal.buyer_share is None or deal.seller_share is None:
        return "none"
    if won == "balanced":
        return f"balanced: {percent(deal.buyer_share)} of the zone for the buyer"
    name, share = (
        (figures.buyer.name, deal.buyer_share)
        if won == "buyer"
        else (deal.seller_name, deal.seller_share)
    )
    return f"{name}, with {percent(share)} of the zone"
