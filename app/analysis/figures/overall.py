"""The runs of a session together, in the words of the summary's `overall_analysis`."""

from collections.abc import Sequence
from decimal import Decimal

from app.analysis.figures.recommendations import Recommendation, recommendations
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.totals import totals
from app.analysis.figures.wording import count, listed, percent, usd
from app.kit.frozen import frozen

MOST_NAMED = 10
"""Items that one sentence names, and recommendations that are given."""


@frozen
class Overall:
    performance_insights: str
    cross_item_comparison: str
    recommendations: tuple[Recommendation, ...]


def overall(runs: Sequence[RunFigures]) -> Overall:
    """From figures alone; of several runs of one item, each counts."""
    return Overall(_performance(runs), _comparison(runs), _advice(runs))


def _performance(runs: Sequence[RunFigures]) -> str:
    sums = totals(runs)
    text = f"{sums.deals:,} of {count(sums.runs, 'negotiation')} ended in a deal."
    if sums.efficiency is not None:
        text += (
            f" Of the {usd(sums.attainable)} that both sides could gain together, "
            f"{usd(sums.realised)} was realised ({percent(sums.efficiency)}) and "
            f"{usd(sums.left)} left on the table."
        )
    if sums.buyer_part is not None:
        text += f" The buyer's part of the gains was {percent(sums.buyer_part)}."
    return text


def _comparison(runs: Sequence[RunFigures]) -> str:
    told = [(d.buyer_share, run) for run in runs if (d := run.deal) and d.buyer_share is not None]
    without = [_name(run, runs) for run in runs if run.deal is None]
    texts: list[str] = []
    if told:
        (most, best), (least, worst) = max(told, key=_share), min(told, key=_share)
        texts.append(f"{_name(best, runs)} went best for the buyer, {percent(most)} of the zone")
        if worst is not best:
            texts[0] += f", and {_name(worst, runs)} worst, {percent(least)}"
        texts[0] += "."
    if without:
        texts.append(f"Without a deal: {_some(without)}.")
    return " ".join(texts) or "There is nothing to compare."


def _share(told: tuple[Decimal, RunFigures]) -> Decimal:
    return told[0]


def _name(run: RunFigures, runs: Sequence[RunFigures]) -> str:
    """The item, with the number of the run where the item was played more than once."""
    again = sum(other.item_name == run.item_name for other in runs) > 1
    return f"{run.item_name} (run {run.number})" if again else run.item_name


def _some(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    named = [*names[:MOST_NAMED], f"{more:,} more"] if more > 0 else names
    return listed(named)


def _advice(runs: Sequence[RunFigures]) -> tuple[Recommendation, ...]:
    """Those of the runs in which most was left first, one of each kind from each item."""
    in_order = sorted(runs, key=lambda run: -run.gains.left)
    found: dict[tuple[str, str], Recommendation] = {}
    for run in in_order:
        for advice in recommendations(run):
            text = f"{_name(run, runs)}: {advice.text}"
            found.setdefault((run.item_name, advice.figure), Recommendation(text, advice.figure))
    return tuple(found.values())[:MOST_NAMED]
