"""A session and its rooms, as they stand: views of rows and logs, stored nowhere."""

from collections.abc import Sequence
from uuid import UUID

from app.negotiation.events import Decided, OfferMade, Outcome, RoundStarted, RunEnded, total
from app.negotiation.models import Session
from app.negotiation.repository import Logged, Market, RoomRecord
from app.negotiation.schemas import (
    ConstraintsOut,
    ExcludedOut,
    FinalDealOut,
    InitializeResponse,
    ParticipantOut,
    RoomOut,
    RoomStatus,
    SessionResponse,
    SessionStatus,
)
from app.negotiation.selection import Exclusion
from app.negotiation.setup import RoomSetup, set_up


def room_status(setup: RoomSetup, log: Sequence[Logged]) -> RoomStatus:
    if not setup.participants:
        return "no_sellers_available"
    if setup.run is None:
        return "pending"
    if setup.run.ended_at is None:
        return "active"
    last = log[-1].event if log else None
    aborted = isinstance(last, RunEnded) and last.outcome is Outcome.ABORTED
    return "aborted" if aborted else "completed"


def current_round(log: Sequence[Logged]) -> int:
    return max((e.event.round for e in log if isinstance(e.event, RoundStarted)), default=0)


def constraints(setup: RoomSetup) -> ConstraintsOut:
    return ConstraintsOut(
        min_price_per_unit=setup.item.min_price,
        max_price_per_unit=setup.item.max_price,
        quantity_needed=setup.item.quantity_needed,
    )


def _room(setup: RoomSetup, log: Sequence[Logged], excluded: Sequence[tuple[str, str]]) -> RoomOut:
    latest = {e.event.seller_id: e.event for e in log if isinstance(e.event, OfferMade)}
    return RoomOut(
        room_id=setup.room.id,
        item_id=setup.item.item_id,
        item_name=setup.item.item_name,
        quantity_needed=setup.item.quantity_needed,
        buyer_constraints=constraints(setup),
        participating_sellers=[
            ParticipantOut(
                seller_id=p.seller.id,
                seller_name=p.seller.name,
                initial_price=p.stock.selling_price,
                current_offer=latest[p.seller.id].terms.price if p.seller.id in latest else None,
                voice_id=p.seller.voice_id,
            )
            for p in setup.participants
        ],
        excluded_sellers=[
            ExcludedOut(seller_name=name, reason=Exclusion(reason)) for name, reason in excluded
        ],
        status=room_status(setup, log),
        reason=_reason(setup, excluded),
        current_round=current_round(log),
        max_rounds=setup.session.max_rounds,
        final_deal=_deal(setup, log),
    )


def _reason(setup: RoomSetup, excluded: Sequence[tuple[str, str]]) -> str | None:
    """Why nobody takes part: the one reason of all, or each seller's."""
    if setup.participants:
        return None
    reasons = {reason for _, reason in excluded}
    if len(reasons) == 1:
        return reasons.pop()
    return ", ".join(f"{name}: {reason}" for name, reason in excluded)


def _deal(setup: RoomSetup, log: Sequence[Logged]) -> FinalDealOut | None:
    decided = next((e.event for e in log if isinstance(e.event, Decided)), None)
    if decided is None or decided.seller_id is None or decided.terms is None:
        return None
    return FinalDealOut(
        seller_id=decided.seller_id,
        seller_name=setup.cast.seller_name(decided.seller_id),
        price_per_unit=decided.terms.price,
        quantity=decided.terms.quantity,
        total_cost=total(decided.terms),
    )


def session_status(rooms: Sequence[RoomOut]) -> SessionStatus:
    """Completed when every room that can be played has been; rooms without sellers don't count."""
    startable = [room.status for room in rooms if room.status != "no_sellers_available"]
    if all(status == "pending" for status in startable):
        return "draft"
    over = all(status in ("completed", "aborted") for status in startable)
    return "completed" if over else "active"


async def load_rooms(market: Market, session_id: UUID) -> list[tuple[RoomSetup, list[Logged]]]:
    """Every room of a session with the log of its newest run."""
    records = await market.list_rooms(session_id)
    participants = await market.list_participants([record.room.id for record in records])
    logs = await market.events_of([record.run.id for record in records if record.run])
    return [
        (set_up(record, participants[record.room.id]), _log(record, logs)) for record in records
    ]


def _log(record: RoomRecord, logs: dict[UUID, list[Logged]]) -> list[Logged]:
    return logs[record.run.id] if record.run else []


async def _rooms(market: Market, session: Session) -> list[RoomOut]:
    rooms = await load_rooms(market, session.id)
    excluded = await market.list_exclusions([setup.room.id for setup, _ in rooms])
    return [_room(setup, log, excluded[setup.room.id]) for setup, log in rooms]


async def overview(market: Market, session: Session) -> SessionResponse:
    rooms = await _rooms(market, session)
    buyer = await market.get_buyer(session.id)
    return SessionResponse(
        session_id=session.id,
        status=session_status(rooms),
        created_at=session.created_at,
        buyer_name=buyer.name,
        buyer_voice_id=buyer.voice_id,
        total_runs=await market.count_runs(session.id),
        llm_model=session.llm_model,
        llm_provider=session.llm_provider,
        rooms=rooms,
    )


async def initialized(market: Market, session: Session) -> InitializeResponse:
    rooms = await _rooms(market, session)
    buyer = await market.get_buyer(session.id)
    skipped = [room.item_name for room in rooms if room.status == "no_sellers_available"]
    return InitializeResponse(
        session_id=session.id,
        created_at=session.created_at,
        buyer_id=buyer.id,
        seller_ids=[seller.id for seller in await market.list_sellers(session.id)],
        negotiation_rooms=rooms,
        total_rooms=len(rooms) - len(skipped),
        skipped_items=skipped,
    )
