"""How a run went by: counted from its log."""

from uuid import UUID

from app.analysis.figures.concessions import Curve
from app.analysis.figures.endings import EndedBy, ended_by
from app.analysis.figures.fields import Side
from app.analysis.figures.log import decision, each, end, offers_of
from app.kit.frozen import frozen
from app.negotiation import (
    BuyerSpoke,
    Decided,
    FinishedRun,
    FinishedSeller,
    RoundStarted,
    SellerSpoke,
    TurnPassed,
    Verdict,
)


@frozen
class Activity:
    """How much one agent did. `by_person` counts the buyer's messages that a person wrote."""

    agent_id: UUID
    name: str
    side: Side
    messages: int
    offers: int
    passes: int
    by_person: int = 0


@frozen
class Move:
    """Who did something last, and where in the log. A person who decides is on no seat."""

    agent_id: UUID | None
    name: str
    event_id: int


@frozen
class Course:
    """How the run went by; see `course`."""

    rounds: int
    max_rounds: int
    turns: int
    messages: int
    offers: int
    passes: int
    seconds: float
    activity: tuple[Activity, ...]
    last_mover: Move | None
    last_concession: Move | None
    ended_by: EndedBy
    ended_event_id: int | None
    reason: str | None


def course(run: FinishedRun, curves: tuple[Curve, ...]) -> Course:
    """A turn is a message or a pass; the time is in seconds, from the start to the end.

    `last_mover` is whoever spoke or decided last, `last_concession` the seller whose price went
    down last, with the event that did it.
    """
    found, activity = decision(run), _activities(run)
    messages, passes = sum(a.messages for a in activity), sum(a.passes for a in activity)
    return Course(
        rounds=max((event.round for _, event in each(run, RoundStarted)), default=0),
        max_rounds=run.max_rounds,
        turns=messages + passes,
        messages=messages,
        offers=sum(a.offers for a in activity),
        passes=passes,
        seconds=_seconds(run),
        activity=activity,
        last_mover=_last_mover(run),
        last_concession=_last_concession(curves),
        ended_by=ended_by(run),
        ended_event_id=found[0] if found else None,
        reason=found[1].reason if found else None,
    )


def _seconds(run: FinishedRun) -> float:
    found = end(run)
    return found[1].seconds if found else (run.ended_at - run.started_at).total_seconds()


def _activities(run: FinishedRun) -> tuple[Activity, ...]:
    said = [event for _, event in each(run, BuyerSpoke)]
    passes = sum(event.seller_id is None for _, event in each(run, TurnPassed))
    people = sum(event.by_human for event in said)
    buyer = Activity(run.buyer.buyer_id, run.buyer.name, "buyer", len(said), 0, passes, people)
    return (buyer, *(_of_seller(run, seller) for seller in run.sellers))


def _of_seller(run: FinishedRun, seller: FinishedSeller) -> Activity:
    spoke = sum(event.seller_id == seller.seller_id for _, event in each(run, SellerSpoke))
    passed = sum(event.seller_id == seller.seller_id for _, event in each(run, TurnPassed))
    offered = len(offers_of(run, seller))
    return Activity(seller.seller_id, seller.name, "seller", spoke, offered, passed)


def _last_mover(run: FinishedRun) -> Move | None:
    names = {seller.seller_id: seller.name for seller in run.sellers}
    for entry in reversed(run.events):
        match entry.event:
            case Decided(by_human=True):
                return Move(None, "a person", entry.seq)
            case BuyerSpoke() | Decided(verdict=Verdict.ACCEPT | Verdict.REJECT):
                return Move(run.buyer.buyer_id, run.buyer.name, entry.seq)
            case SellerSpoke(seller_id=seller_id):
                return Move(seller_id, names[seller_id], entry.seq)
            case _:
                continue
    return None


def _last_concession(curves: tuple[Curve, ...]) -> Move | None:
    given = [
        Move(curve.agent_id, curve.name, step.event_id)
        for curve in curves
        for step in curve.steps
        if step.concession > 0
    ]
    return max(given, key=lambda move: move.event_id, default=None)
