"""One plain sentence for each figure."""

from collections.abc import Iterator

from app.analysis.figures.deals import Gains
from app.analysis.figures.run_figures import RunFigures, Sentence
from app.analysis.figures.sentences_of_bargaining import bargaining
from app.analysis.figures.sentences_of_course import ended, going_by
from app.analysis.figures.wording import count, percent, usd
from app.analysis.figures.zones import Zone


def sentences(figures: RunFigures) -> tuple[Sentence, ...]:
    """In the order of the figures: what was possible, what came of it, how it went."""
    return (
        *(_zone(zone) for zone in figures.zones),
        *_deal(figures),
        *_gains(figures.gains),
        *bargaining(figures),
        *going_by(figures),
        ended(figures),
    )


def _zone(zone: Zone) -> Sentence:
    if not zone.exists:
        text = (
            f"With {zone.seller_name} no deal was possible: its least price of {usd(zone.low)} is "
            f"{usd(-zone.width)} above the buyer's limit of {usd(zone.high)}."
        )
    else:
        text = (
            f"With {zone.seller_name} a deal was possible from {usd(zone.low)} to "
            f"{usd(zone.high)} per unit, a zone of {usd(zone.width)}; measured from its cost of "
            f"{usd(zone.cost)} the zone is {usd(zone.width_over_cost)} wide."
        )
    return Sentence("zones", text)


def _deal(figures: RunFigures) -> Iterator[Sentence]:
    deal, buyer = figures.deal, figures.buyer.name
    if deal is None:
        yield Sentence("deal", "No deal was made.", _ids(figures.course.ended_event_id))
        return
    ids = (deal.event_id,)
    units = count(deal.quantity, "unit")
    bought = (
        f"{buyer} bought {units} from {deal.seller_name} at {usd(deal.price)} per unit, "
        f"{usd(deal.total)} in all."
    )
    yield Sentence("deal", bought, ids)
    saved = f"The deal was worth {usd(deal.buyer_surplus)} to {buyer}, measured from its limit"
    yield Sentence("deal.buyer_surplus", f"{saved}.", ids)
    won = (
        f"The deal was worth {usd(deal.seller_surplus)} to {deal.seller_name}, measured from its "
        f"least price, and {usd(deal.seller_profit)} over its cost."
    )
    yield Sentence("deal.seller_surplus", won, ids)
    if deal.buyer_share is not None and deal.seller_share is not None:
        shares = (
            f"{buyer} got {percent(deal.buyer_share)} of the zone and {deal.seller_name} "
            f"{percent(deal.seller_share)}."
        )
        yield Sentence("deal.buyer_share", shares, ids)


def _ids(event_id: int | None) -> tuple[int, ...]:
    return () if event_id is None else (event_id,)


def _gains(gains: Gains) -> Iterator[Sentence]:
    if gains.efficiency is None:
        yield Sentence("gains.attainable", "Nothing could be gained with any seller.")
        return
    most = f"Both sides together could gain at most {usd(gains.attainable)}"
    yield Sentence("gains.attainable", f"{most}, with {gains.best_seller_name}.")
    realised = f"{usd(gains.realised)} of it was realised, {percent(gains.efficiency)}."
    yield Sentence("gains.efficiency", realised)
    left = usd(gains.left) if gains.left else "Nothing"
    yield Sentence("gains.left", f"{left} was left on the table.")
