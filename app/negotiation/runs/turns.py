"""Getting a legal turn from a seat: asked, checked, sent back with the reason, at most twice."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from app.kit.frozen import frozen
from app.negotiation.agents.seat import (
    Answer,
    BuyerAction,
    BuyerTurn,
    BuyerView,
    Rejection,
    SellerTurn,
    Trouble,
    TurnInvalid,
)
from app.negotiation.room import RoomState, SellerSeat
from app.negotiation.speech import spoken

MAX_TRIES = 3

T = TypeVar("T", BuyerTurn, SellerTurn)


@frozen
class Settled(Generic[T]):
    """A legal turn, or None when the seat found none and passes."""

    turn: T | None
    troubles: tuple[Trouble, ...]


async def settle(
    ask: Callable[[tuple[Rejection, ...]], Awaitable[Answer[T]]],
    refusal: Callable[[T], str | None],
) -> Settled[T]:
    """Asks until `refusal` finds nothing wrong. Raises `LLMError` when no model answers."""
    rejections: tuple[Rejection, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    for _ in range(MAX_TRIES):
        try:
            answer = await ask(rejections)
        except TurnInvalid as invalid:
            troubles += invalid.troubles
            rejections = (*rejections, invalid.rejection)
            continue
        troubles += answer.troubles
        reason = refusal(answer.turn)
        if reason is None:
            return Settled(answer.turn, troubles)
        rejections = (*rejections, Rejection(answer.said or answer.turn.text, reason))
    return Settled(None, troubles)


def seller_refusal(seat: SellerSeat, turn: SellerTurn) -> str | None:
    """Why a seller may not take this turn; None when it may."""
    if not spoken(turn.text):
        return "message is empty"
    return seat.refusal(turn.offer) if turn.offer else None


def buyer_refusal(state: RoomState, view: BuyerView, turn: BuyerTurn) -> str | None:
    """Why the buyer may not take this turn; None when it may."""
    match turn.action:
        case BuyerAction.CONTINUE:
            return None if spoken(turn.text) or view.must_decide else "message is empty"
        case BuyerAction.WALK_AWAY:
            return None if view.may_decide else "you can't walk away yet; action must be continue"
        case BuyerAction.ACCEPT:
            return _acceptance_refusal(state, view, turn)


def _acceptance_refusal(state: RoomState, view: BuyerView, turn: BuyerTurn) -> str | None:
    if not view.may_decide:
        return f"no offer can be accepted before round {state.rules.min_rounds} has been answered"
    offers = {offer.offer_id: offer for offer in view.offers}
    if turn.offer_id not in offers:
        known = ", ".join(str(offer_id) for offer_id in offers) or "none"
        return f"offer_id '{turn.offer_id}' isn't on the table; the offers there: {known}"
    return state.rules.refusal(offers[turn.offer_id].terms)
