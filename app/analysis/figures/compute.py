"""All figures of a run, from its log and its limits alone."""

from app.analysis.figures.anchors import anchors
from app.analysis.figures.bargaining import bargain
from app.analysis.figures.concessions import curves
from app.analysis.figures.course import course
from app.analysis.figures.deals import deal, gains
from app.analysis.figures.run_figures import RunFigures, Strategy
from app.analysis.figures.zones import zones
from app.negotiation import FinishedRun


def figures(run: FinishedRun) -> RunFigures:
    """Asks nobody and keeps nothing: the same run has the same figures whenever they are read."""
    found, made, moved = zones(run), deal(run), curves(run)
    return RunFigures(
        run_id=run.run_id,
        session_id=run.session_id,
        item_name=run.item_name,
        number=run.number,
        quantity_needed=run.buyer.quantity_needed,
        buyer_min_price=run.buyer.min_price,
        buyer_max_price=run.buyer.max_price,
        provider=run.provider,
        model=run.model,
        strategies=_strategies(run),
        zones=found,
        deal=made,
        gains=gains(found, made),
        bargain=bargain(found, made),
        anchors=anchors(run, found, made),
        curves=moved,
        course=course(run, moved),
    )


def _strategies(run: FinishedRun) -> tuple[Strategy, ...]:
    buyer = run.buyer
    return (
        Strategy(buyer.buyer_id, buyer.name, "buyer", buyer.agent),
        *(
            Strategy(s.seller_id, s.name, "seller", s.agent, s.priority, s.style)
            for s in run.sellers
        ),
    )
