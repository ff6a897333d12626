"""What went well for a side and what didn't, as far as figures can tell."""

from collections.abc import Iterator
from decimal import Decimal

from app.analysis.figures.concessions import Curve
from app.analysis.figures.deals import Deal, Gains
from app.analysis.figures.run_figures import RunFigures
from app.analysis.figures.wording import count, percent, usd

_HALF = Decimal("0.5")


def buyer_did_well(figures: RunFigures) -> Iterator[str]:
    deal = figures.deal
    if deal is None:
        if figures.gains.best_seller_id is None:
            yield "Made no deal where none could have gained anything."
        return
    if deal.buyer_surplus > 0:
        yield f"Paid {usd(deal.buyer_surplus)} less than its limit allowed."
    if deal.buyer_share is not None and deal.buyer_share >= _HALF:
        yield f"Kept {percent(deal.buyer_share)} of the zone for itself."
    if len(figures.zones) > 1 and deal.seller_id == figures.gains.best_seller_id:
        yield f"Bought from {deal.seller_name}, with whom most could be gained."
    if deal.quantity == figures.quantity_needed:
        yield f"Got all it needed, {count(deal.quantity, 'unit')}."


def buyer_could_improve(figures: RunFigures) -> Iterator[str]:
    deal, gains = figures.deal, figures.gains
    if deal is None:
        if gains.best_seller_id is not None:
            left = usd(gains.left)
            yield f"Left {left} on the table: a deal with {gains.best_seller_name} was possible."
        return
    if deal.buyer_share is not None and deal.buyer_share < _HALF:
        yield f"Left {deal.seller_name} {percent(1 - deal.buyer_share)} of the zone."
    yield from _dearer_or_less(figures, deal, gains)


def _dearer_or_less(figures: RunFigures, deal: Deal, gains: Gains) -> Iterator[str]:
    if gains.left > 0 and deal.seller_id != gains.best_seller_id:
        more = f"{usd(gains.left)} more could be gained with {gains.best_seller_name}"
        yield f"Bought from {deal.seller_name}, though {more}."
    if deal.quantity < figures.quantity_needed:
        yield f"Got {deal.quantity:,} of the {count(figures.quantity_needed, 'unit')} it needed."


def sellers_did_well(figures: RunFigures) -> Iterator[str]:
    deal = figures.deal
    if deal is None:
        return
    if deal.seller_surplus > 0:
        yield f"{deal.seller_name} sold {usd(deal.seller_surplus)} above its least price."
    if deal.seller_profit > 0:
        yield f"{deal.seller_name} made {usd(deal.seller_profit)} over its cost."
    if deal.seller_share is not None and deal.seller_share >= _HALF:
        yield f"{deal.seller_name} kept {percent(deal.seller_share)} of the zone."


def sellers_could_improve(figures: RunFigures) -> Iterator[str]:
    deal = figures.deal
    if deal is not None and deal.seller_surplus < 0:
        yield f"{deal.seller_name} sold {usd(-deal.seller_surplus)} below its least price."
    elif deal is not None and deal.seller_share is not None and deal.seller_share < _HALF:
        yield f"{deal.seller_name} left the buyer {percent(1 - deal.seller_share)} of the zone."
    for curve in figures.curves[1:]:
        if deal is None or curve.agent_id != deal.seller_id:
            yield _missed(figures, curve)


def _missed(figures: RunFigures, curve: Curve) -> str:
    """What stood between this seller and a deal."""
    if not curve.steps:
        return f"{curve.name} made no offer."
    last = curve.steps[-1].price
    spare = last - figures.zone(curve.agent_id).low
    text = f"{curve.name} ended at {usd(last)}, {usd(spare)} above its least price"
    if last > figures.buyer_max_price:
        return f"{text} and {usd(last - figures.buyer_max_price)} above the buyer's limit."
    if figures.deal is not None and last > figures.deal.price:
        return f"{text} and {usd(last - figures.deal.price)} above the price of the deal."
    return f"{text}, and wasn't chosen."
