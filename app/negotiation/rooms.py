"""What people do in a room: start it, speak for the buyer, decide it."""

from decimal import Decimal
from uuid import UUID

from app.db import Database, UnitOfWork
from app.errors import FieldIssue
from app.jobs import JobQueue
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.kit.ids import new_id
from app.kit.money import plain, to_micro
from app.llm import LLMClient
from app.negotiation.agents.seat import AgentKind, Terms
from app.negotiation.errors import (
    IllegalDecision,
    InsufficientInventory,
    NegotiationAlreadyActive,
    NegotiationAlreadyDecided,
    NegotiationNotActive,
    NoSellersAvailable,
    TooManyMessages,
)
from app.negotiation.events import Decided, MessageQueued, Verdict, total
from app.negotiation.journal import Journal, ending, unless_overtaken
from app.negotiation.models import Run
from app.negotiation.repository import Market
from app.negotiation.room import MAX_QUEUED, RoomState, replay
from app.negotiation.runs import RUN_TASK
from app.negotiation.schemas import DecideResponse, MessageResponse, StartResponse
from app.negotiation.setup import RoomSetup, load_room


@frozen
class ForcedDeal:
    seller_id: UUID
    terms: Terms


def deal_of(seller_id: UUID | None, price: Decimal | None, quantity: int | None) -> ForcedDeal:
    """Raises `IllegalDecision`, which names everything that a deal lacks."""
    given = {
        "selected_seller_id": seller_id,
        "final_price_per_unit": price,
        "quantity": quantity,
    }
    if seller_id is None or price is None or quantity is None:
        issues = tuple(
            FieldIssue(field, "is required for a deal")
            for field, value in given.items()
            if value is None
        )
        raise IllegalDecision(
            f"a deal also needs {', '.join(issue.field for issue in issues)}", details=issues
        )
    return ForcedDeal(seller_id, Terms(to_micro(price), quantity))


class Rooms:
    """Whoever changes a room holds its row until the change is stored, so that people queue; the
    run itself doesn't, and finds what they did in its log."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        jobs: JobQueue,
        client: LLMClient,
        clock: Clock,
    ) -> None:
        self._database = database
        self._journal = journal
        self._jobs = jobs
        self._client = client
        self._clock = clock

    async def start(self, tenant_id: str, room_id: UUID) -> StartResponse:
        """Raises `RoomNotFound`, `NegotiationAlreadyActive`, `NoSellersAvailable`, and
        `ProviderDisabled` when the session's provider was switched off since."""
        async with self._database.begin(tenant_id) as unit:
            market = Market(unit)
            setup = await load_room(market, room_id, lock=True)
            if not setup.participants:
                raise NoSellersAvailable(room_id)
            self._require_models(setup)
            run = await self._open_run(market, setup)
            await self._jobs.defer(unit, RUN_TASK, lock=str(run.id), run_id=str(run.id))
        return StartResponse(
            stream_url=f"/api/v1/negotiation/{room_id}/stream",
            run_id=run.id,
            started_at=run.started_at,
        )

    def _require_models(self, setup: RoomSetup) -> None:
        kinds = {setup.buyer_agent, *setup.seller_agents.values()}
        if kinds != {AgentKind.OFFLINE}:
            self._client.require(setup.session.llm_provider)

    async def _open_run(self, market: Market, setup: RoomSetup) -> Run:
        """Every run of a room plays differently, and a seeded session plays the same again."""
        last = setup.run
        if last is not None and last.ended_at is None:
            raise NegotiationAlreadyActive(setup.room.id)
        number = last.number + 1 if last else 1
        run = Run(
            id=new_id(),
            room_id=setup.room.id,
            number=number,
            after_seq=await market.last_seq(setup.room.id) if last else 0,
            seed=(setup.session.seed + (number - 1) * 7919 + setup.item.position * 104729) % 2**62,
            started_at=self._clock(),
        )
        await market.add_run(run)
        return run

    async def speak(self, tenant_id: str, room_id: UUID, text: str) -> MessageResponse:
        """Queues a message for the buyer's next turn. Raises `RoomNotFound`,
        `NegotiationNotActive`, `TooManyMessages`."""
        return await unless_overtaken(lambda: self._speak(tenant_id, room_id, text))

    async def _speak(self, tenant_id: str, room_id: UUID, text: str) -> MessageResponse:
        now = self._clock()
        async with self._database.begin(tenant_id) as unit:
            setup, run, state, last_seq = await self._active(unit, room_id)
            if len(state.queued) >= MAX_QUEUED:
                raise TooManyMessages(MAX_QUEUED)
            message = MessageQueued(message_id=new_id(), text=text, mentioned=setup.mentioned(text))
            state.after(message)
            await self._journal.write(unit, run, last_seq, [(message, now)])
        return MessageResponse(
            message_id=message.message_id,
            timestamp=now,
            mentioned_sellers=list(message.mentioned),
        )

    async def _active(
        self, unit: UnitOfWork, room_id: UUID
    ) -> tuple[RoomSetup, Run, RoomState, int]:
        market = Market(unit)
        setup = await load_room(market, room_id, lock=True)
        run = setup.run
        if run is None or run.ended_at is not None:
            raise NegotiationNotActive(room_id)
        state, last_seq = await _replayed(market, setup, run)
        if state.decision is not None:
            raise NegotiationNotActive(room_id)
        return setup, run, state, last_seq

    async def decide(
        self, tenant_id: str, room_id: UUID, deal: ForcedDeal | None, reason: str | None
    ) -> DecideResponse:
        """Ends the room's negotiation with this deal, or with none. A room that wasn't started is
        decided without a word. Raises `RoomNotFound`, `NoSellersAvailable`, `IllegalDecision`,
        `InsufficientInventory`, `NegotiationAlreadyDecided`."""
        decided = await unless_overtaken(lambda: self._decide(tenant_id, room_id, deal, reason))
        return _decision(decided)

    async def _decide(
        self, tenant_id: str, room_id: UUID, deal: ForcedDeal | None, reason: str | None
    ) -> Decided:
        async with self._database.begin(tenant_id) as unit:
            market = Market(unit)
            setup = await load_room(market, room_id, lock=True)
            if not setup.participants:
                raise NoSellersAvailable(room_id)
            if deal is not None:
                _check(setup, deal)
            run = setup.run
            if run is not None and run.ended_at is not None:
                raise NegotiationAlreadyDecided(room_id)
            run = run or await self._open_run(market, setup)
            return await self._impose(unit, setup, run, deal, reason)

    async def _impose(
        self,
        unit: UnitOfWork,
        setup: RoomSetup,
        run: Run,
        deal: ForcedDeal | None,
        reason: str | None,
    ) -> Decided:
        state, last_seq = await _replayed(Market(unit), setup, run)
        if state.decision is not None:
            raise NegotiationAlreadyDecided(setup.room.id)
        now = self._clock()
        decided = Decided(
            outcome_id=new_id(),
            verdict=Verdict.ACCEPT if deal else Verdict.NO_DEAL,
            seller_id=deal.seller_id if deal else None,
            terms=deal.terms if deal else None,
            reason=reason or "decided by a person",
            round=state.round,
            by_human=True,
        )
        end = ending(decided, run, failed=False, now=now)
        state.after(decided).after(end)
        await self._journal.write(unit, run, last_seq, [(decided, now), (end, now)])
        return decided


async def _replayed(market: Market, setup: RoomSetup, run: Run) -> tuple[RoomState, int]:
    log = await market.events_after(setup.room.id, run.after_seq)
    state = replay(setup.rules, (entry.event for entry in log))
    return state, log[-1].seq if log else run.after_seq


def _check(setup: RoomSetup, deal: ForcedDeal) -> None:
    seat = setup.rules.sellers.get(deal.seller_id)
    if seat is None:
        known = f"; for example {next(iter(setup.rules.sellers))}"
        raise _illegal("selected_seller_id", f"'{deal.seller_id}' isn't in this room{known}")
    item = setup.item
    if not item.min_price <= deal.terms.price <= item.max_price:
        limits = f"should be from {plain(item.min_price)} to {plain(item.max_price)}"
        raise _illegal("final_price_per_unit", f"{limits}, got {plain(deal.terms.price)}")
    if deal.terms.quantity > seat.stock:
        raise InsufficientInventory(seat.name, seat.stock, deal.terms.quantity)
    if not 1 <= deal.terms.quantity <= item.quantity_needed:
        limits = f"should be from 1 to {item.quantity_needed}"
        raise _illegal("quantity", f"{limits}, got {deal.terms.quantity}")


def _illegal(field: str, issue: str) -> IllegalDecision:
    return IllegalDecision(f"{field} {issue}", details=(FieldIssue(field, issue),))


def _decision(decided: Decided) -> DecideResponse:
    terms = decided.terms
    return DecideResponse(
        outcome_id=decided.outcome_id,
        decision_type="deal" if decided.verdict is Verdict.ACCEPT else "no_deal",
        selected_seller_id=decided.seller_id,
        final_price=terms.price if terms else None,
        quantity=terms.quantity if terms else None,
        total_cost=total(terms) if terms else None,
        decision_reason=decided.reason,
    )
