"""What a session came to: counted from rows and logs, never asked of a model."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import fmean
from typing import Protocol
from uuid import UUID

from app.db import UnitOfWork
from app.kit.money import to_micro
from app.negotiation.events import BuyerSpoke, RunEnded, SellerSpoke, total
from app.negotiation.finished import FinishedRun
from app.negotiation.finished_runs import latest_of
from app.negotiation.models import Session
from app.negotiation.overview import load_rooms
from app.negotiation.repository import Logged, Market
from app.negotiation.schemas import (
    AISummaryOut,
    CostSummaryOut,
    FailedItemOut,
    MetricsOut,
    OverallAnalysisOut,
    PurchaseOut,
    SummaryResponse,
)
from app.negotiation.setup import RoomSetup

_NOBODY = "no seller can serve it"


class Judgements(Protocol):
    """What is thought of runs that are over. It answers from what is stored and what can be
    computed, and waits for no model."""

    async def of_runs(
        self, unit: UnitOfWork, runs: Sequence[FinishedRun]
    ) -> Mapping[UUID, AISummaryOut]:
        """By the runs' ids, of each run."""
        ...

    async def of_session(
        self, unit: UnitOfWork, runs: Sequence[FinishedRun]
    ) -> OverallAnalysisOut | None:
        """Of the newest runs of one session's rooms; None where there are none."""
        ...


async def summarize(unit: UnitOfWork, session: Session, judgements: Judgements) -> SummaryResponse:
    """Of the newest run of every room; a room that hasn't been played counts as neither bought
    nor failed."""
    market = Market(unit)
    rooms = await load_rooms(market, session.id)
    excluded = await market.list_exclusions([setup.room.id for setup, _ in rooms])
    over = [(setup, log, end) for setup, log in rooms if (end := _end(log))]
    bought = [(setup, log, end) for setup, log, end in over if end.terms is not None]
    failed = [
        FailedItemOut(item_name=setup.item.item_name, reason=end.reason)
        for setup, _, end in over
        if end.terms is None
    ]
    unserved = [
        FailedItemOut(
            item_name=setup.item.item_name,
            reason=f"{_NOBODY} ({'; '.join(f'{n}: {r}' for n, r in excluded[setup.room.id])})",
        )
        for setup, _ in rooms
        if not setup.participants
    ]
    buyer = await market.get_buyer(session.id)
    runs = latest_of(rooms).runs
    thought = await judgements.of_runs(unit, [run for run in runs if _bought(run)])
    return SummaryResponse(
        session_id=session.id,
        buyer_name=buyer.name,
        total_items_requested=len(rooms),
        completed_purchases=len(bought),
        failed_purchases=len(failed) + len(unserved),
        purchases=[_purchase(setup, end, thought) for setup, _, end in bought],
        failed_items=[*failed, *unserved],
        total_cost_summary=_costs([(setup, end) for setup, _, end in bought]),
        negotiation_metrics=_metrics([(log, end) for _, log, end in over]),
        overall_analysis=await judgements.of_session(unit, runs),
    )


def _end(log: Sequence[Logged]) -> RunEnded | None:
    last = log[-1].event if log else None
    return last if isinstance(last, RunEnded) else None


def _bought(run: FinishedRun) -> bool:
    last = run.events[-1].event if run.events else None
    return isinstance(last, RunEnded) and last.terms is not None


def _purchase(setup: RoomSetup, end: RunEnded, thought: Mapping[UUID, AISummaryOut]) -> PurchaseOut:
    if end.terms is None or end.seller_id is None:
        raise ValueError("a run without a deal is no purchase")
    return PurchaseOut(
        item_name=setup.item.item_name,
        quantity=end.terms.quantity,
        selected_seller=setup.cast.seller_name(end.seller_id),
        final_price_per_unit=end.terms.price,
        total_cost=total(end.terms),
        negotiation_rounds=end.rounds,
        duration_seconds=end.seconds,
        ai_summary=thought.get(setup.run.id) if setup.run else None,
    )


def _costs(bought: Sequence[tuple[RoomSetup, RunEnded]]) -> CostSummaryOut:
    """Savings are against the highest price that the buyer would have paid, per purchased item."""
    deals = [(setup.item.max_price, end.terms) for setup, end in bought if end.terms]
    saved = [(highest - terms.price) * terms.quantity for highest, terms in deals]
    average = sum(saved, Decimal(0)) / len(saved) if saved else Decimal(0)
    return CostSummaryOut(
        total_spent=sum((total(terms) for _, terms in deals), Decimal(0)),
        items_purchased=len(deals),
        average_savings_per_item=to_micro(average),
    )


def _metrics(over: Sequence[tuple[Sequence[Logged], RunEnded]]) -> MetricsOut:
    messages = sum(
        isinstance(entry.event, BuyerSpoke | SellerSpoke) for log, _ in over for entry in log
    )
    return MetricsOut(
        average_rounds=round(fmean([end.rounds for _, end in over]), 2) if over else 0.0,
        average_duration_seconds=round(fmean([end.seconds for _, end in over]), 3) if over else 0.0,
        total_messages_exchanged=messages,
    )
