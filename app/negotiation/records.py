"""What was said and offered, for reading: conversation, offers, the stored log of a run."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.negotiation.events import (
    BuyerSpoke,
    Decided,
    OfferMade,
    RunEnded,
    SellerSpoke,
    Verdict,
    total,
)
from app.negotiation.models import Run
from app.negotiation.overview import constraints, current_round
from app.negotiation.repository import Logged, Market
from app.negotiation.schemas import (
    LogBuyerOut,
    LogDecisionOut,
    LogMetadataOut,
    LogOfferOut,
    LogResponse,
    LogSellerOut,
    MessageOut,
    OfferOut,
    ProfileIn,
    StandingOfferOut,
)
from app.negotiation.setup import RoomSetup, set_up
from app.negotiation.views import Cast, Spoken


def conversation(cast: Cast, log: Iterable[Logged], audible: set[UUID] | None) -> list[MessageOut]:
    """The messages of a log in order; with `audible`, only those of these message ids."""
    return [
        _message(cast, entry.event, entry)
        for entry in log
        if isinstance(entry.event, BuyerSpoke | SellerSpoke)
        and (audible is None or entry.event.message_id in audible)
    ]


def _message(cast: Cast, event: Spoken, entry: Logged) -> MessageOut:
    at = entry.at
    offer = event.offer if isinstance(event, SellerSpoke) else None
    by_buyer = isinstance(event, BuyerSpoke)
    return MessageOut(
        message_id=event.message_id,
        event_id=entry.seq,
        timestamp=at,
        sender_type="buyer" if by_buyer else "seller",
        sender_id=cast.buyer_id if isinstance(event, BuyerSpoke) else event.seller_id,
        sender_name=(
            cast.buyer_name if isinstance(event, BuyerSpoke) else cast.seller_name(event.seller_id)
        ),
        mentioned_agents=list(event.mentioned) if isinstance(event, BuyerSpoke) else [],
        updated_offer=(
            OfferOut(price=offer.price, quantity=offer.quantity, timestamp=at) if offer else None
        ),
        message=event.text,
        content=event.text,
        turn=event.turn,
        turn_number=event.turn,
        round=event.round,
    )


def standing_offers(cast: Cast, log: Iterable[Logged]) -> dict[UUID, StandingOfferOut]:
    """The latest offer of every seller that made one."""
    return {
        entry.event.seller_id: StandingOfferOut(
            offer_id=entry.event.offer_id,
            price=entry.event.terms.price,
            quantity=entry.event.terms.quantity,
            timestamp=entry.at,
            seller_name=cast.seller_name(entry.event.seller_id),
        )
        for entry in log
        if isinstance(entry.event, OfferMade)
    }


def stored_log(setup: RoomSetup, run: Run, log: Sequence[Logged]) -> LogResponse:
    """The log of one run; while it runs, as far as it has come."""
    ended_at = run.ended_at or (log[-1].at if log else run.started_at)
    seconds = _seconds(run, log, ended_at)
    rounds = current_round(log)
    return LogResponse(
        metadata=LogMetadataOut(
            session_id=setup.session.id,
            room_id=setup.room.id,
            run_id=run.id,
            run_number=run.number,
            item_id=setup.item.item_id,
            item_name=setup.item.item_name,
            created_at=setup.session.created_at,
            started_at=run.started_at,
            ended_at=ended_at,
            completed_at=ended_at,
            duration_seconds=seconds,
        ),
        buyer=LogBuyerOut(
            buyer_id=setup.buyer.id,
            name=setup.buyer.name,
            constraints=constraints(setup),
            **constraints(setup).model_dump(),
        ),
        sellers=_sellers(setup),
        conversation_history=conversation(setup.cast, log, None),
        offers_over_time=[
            _offer(entry.event, entry.at) for entry in log if isinstance(entry.event, OfferMade)
        ],
        decision=_decision(log),
        duration=seconds,
        rounds=rounds,
        rounds_completed=rounds,
    )


def _seconds(run: Run, log: Sequence[Logged], ended_at: datetime) -> float:
    """As the run's last event has it, which was told already."""
    last = log[-1].event if log else None
    if isinstance(last, RunEnded):
        return last.seconds
    return max(0.0, (ended_at - run.started_at).total_seconds())


def _sellers(setup: RoomSetup) -> list[LogSellerOut]:
    cards = setup.cast.sellers.values()
    return [
        LogSellerOut(
            seller_id=card.seller_id,
            name=card.name,
            profile=ProfileIn(priority=card.priority, speaking_style=card.style),
            cost_price=card.cost_price,
            least_price=card.least_price,
            selling_price=card.selling_price,
            quantity_available=card.stock,
        )
        for card in cards
    ]


def _offer(event: OfferMade, at: datetime) -> LogOfferOut:
    return LogOfferOut(
        offer_id=event.offer_id,
        message_id=event.message_id,
        round=event.round,
        seller_id=event.seller_id,
        price_per_unit=event.terms.price,
        quantity=event.terms.quantity,
        timestamp=at,
    )


def _decision(log: Iterable[Logged]) -> LogDecisionOut | None:
    decided = next((e.event for e in log if isinstance(e.event, Decided)), None)
    if decided is None:
        return None
    terms = decided.terms
    return LogDecisionOut(
        decision=decided.verdict.value,
        decision_type="deal" if decided.verdict is Verdict.ACCEPT else "no_deal",
        selected_seller_id=decided.seller_id,
        final_price=terms.price if terms else None,
        quantity=terms.quantity if terms else None,
        total_cost=total(terms) if terms else None,
        reason=decided.reason,
    )


async def put_away(market: Market, session_id: UUID, *, expires_at: datetime) -> int:
    """Keeps the logs of a session that is about to go; returns how many runs had one."""
    records = {record.room.id: record for record in await market.list_rooms(session_id)}
    participants = await market.list_participants(list(records))
    runs = await market.list_runs(session_id)
    logs = await market.events_of([run.id for run in runs])
    kept: list[dict[str, Any]] = []
    for run in runs:
        setup = set_up(records[run.room_id], participants[run.room_id])
        kept.append(
            {
                "run_id": run.id,
                "tenant_id": setup.session.tenant_id,
                "session_id": session_id,
                "room_id": run.room_id,
                "number": run.number,
                "log": stored_log(setup, run, logs[run.id]).model_dump(mode="json"),
                "expires_at": expires_at,
            }
        )
    await market.keep_logs(kept)
    return len(kept)
