"""Several runs together: sums, averages, and what part of what they are."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.analysis.figures.facts import Fact, numbers_of
from app.analysis.figures.fields import ZERO, Share, Usd, share
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.units import Unit
from app.kit.frozen import frozen
from app.kit.money import to_micro


@frozen
class Totals:
    """`efficiency` = realised / attainable, `buyer_part` = the buyer's surplus / realised; None of
    nothing."""

    runs: int
    deals: int
    without_deal: int
    spent: Usd
    buyer_surplus: Usd
    seller_surplus: Usd
    attainable: Usd
    realised: Usd
    left: Usd
    efficiency: Share | None
    buyer_part: Share | None


def totals(runs: Sequence[RunFigures]) -> Totals:
    """Of several runs of one item, each counts."""
    deals = [run.deal for run in runs if run.deal is not None]
    attainable = _sum(run.gains.attainable for run in runs)
    realised = _sum(run.gains.realised for run in runs)
    saved = _sum(deal.buyer_surplus for deal in deals)
    return Totals(
        runs=len(runs),
        deals=len(deals),
        without_deal=len(runs) - len(deals),
        spent=_sum(deal.total for deal in deals),
        buyer_surplus=saved,
        seller_surplus=_sum(deal.seller_surplus for deal in deals),
        attainable=attainable,
        realised=realised,
        left=_sum(run.gains.left for run in runs),
        efficiency=share(realised, attainable),
        buyer_part=share(saved, realised),
    )


def facts_together(runs: Sequence[RunFigures]) -> tuple[Fact, ...]:
    """What is true of the runs as a whole, beside the `facts` of each: the totals, and the sum and
    the average of what can be counted in each."""
    found = (*numbers_of(totals(runs), "totals"), *_sums(runs))
    return tuple(dict.fromkeys(found))


def _sums(runs: Sequence[RunFigures]) -> Iterator[Fact]:
    courses = [run.course for run in runs]
    deals = [run.deal for run in runs if run.deal is not None]
    counted = (
        ("rounds", Unit.COUNT, [Decimal(course.rounds) for course in courses]),
        ("messages", Unit.COUNT, [Decimal(course.messages) for course in courses]),
        ("offers", Unit.COUNT, [Decimal(course.offers) for course in courses]),
        ("seconds", Unit.SECONDS, [Decimal(str(course.seconds)) for course in courses]),
        ("units", Unit.COUNT, [Decimal(deal.quantity) for deal in deals]),
        ("spent", Unit.USD, [deal.total for deal in deals]),
        ("buyer_surplus", Unit.USD, [deal.buyer_surplus for deal in deals]),
        ("seller_surplus", Unit.USD, [deal.seller_surplus for deal in deals]),
        ("buyer_share", Unit.SHARE, [d.buyer_share for d in deals if d.buyer_share is not None]),
    )
    for name, unit, values in counted:
        if values and unit is not Unit.SHARE:
            yield Fact(abs(_sum(values)), unit, f"totals.{name}")
        if values:
            yield Fact(abs(to_micro(_sum(values) / len(values))), unit, f"averages.{name}")


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
