"""The rules of a room, pure: from the events so far, what is true and what comes next.

No clock, no database, no model: the moment is handed in, and an agent's turn arrives as an event
that `RoomState.after` either takes or refuses. Two workers that play the same room, or a person
who steps in, meet here: an event that no longer fits the state is illegal, whoever made it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import assert_never
from uuid import UUID

from app.kit.frozen import frozen
from app.negotiation.agents.seat import Terms
from app.negotiation.events import (
    AnyEvent,
    BuyerSpoke,
    Decided,
    MessageQueued,
    OfferMade,
    RoundStarted,
    RunEnded,
    RunFailed,
    SellerSpoke,
    TroubleNoticed,
    TurnPassed,
    Verdict,
)

MAX_QUEUED = 20
"""Messages of a person that may wait for the buyer's turn at one time."""


class IllegalEvent(Exception):
    """The event doesn't fit the room as it stands; the message says why, for logs and retries."""


@frozen
class SellerSeat:
    """A participating seller and the limits of what it may offer here."""

    seller_id: UUID
    name: str
    least_price: Decimal
    selling_price: Decimal
    stock: int
    arrives: int = 1
    """The first round in which it takes part."""

    def refusal(self, terms: Terms) -> str | None:
        """Why this seller may not offer these terms; None when it may."""
        if not self.least_price <= terms.price <= self.selling_price:
            return f"the price must be between {self.least_price} and {self.selling_price}"
        if not 1 <= terms.quantity <= self.stock:
            return f"the quantity must be between 1 and {self.stock}"
        return None


@frozen
class Rules:
    """What was settled before the first word: the buyer's limits, the sellers', the rounds."""

    quantity_needed: int
    min_price: Decimal
    max_price: Decimal
    min_rounds: int
    max_rounds: int
    sellers: Mapping[UUID, SellerSeat]

    def present(self, number: int) -> frozenset[UUID]:
        """The sellers that have arrived by this round."""
        return frozenset(s.seller_id for s in self.sellers.values() if s.arrives <= number)

    def refusal(self, terms: Terms) -> str | None:
        """Why the buyer may not accept these terms; None when it may."""
        if not self.min_price <= terms.price <= self.max_price:
            return f"the price must be between {self.min_price} and {self.max_price}"
        if not 1 <= terms.quantity <= self.quantity_needed:
            return f"the quantity must be between 1 and {self.quantity_needed}"
        return None


@frozen
class RoomState:
    """All that the events of one run amount to. Values only: `after` returns a new one."""

    rules: Rules
    round: int = 0
    turns: int = 0
    buyer_done: bool = False
    """The buyer has spoken, or passed, in this round."""
    waiting: frozenset[UUID] = frozenset()
    """Sellers that were addressed in this round and haven't answered."""
    offers: Mapping[UUID, OfferMade] = field(default_factory=lambda: MappingProxyType({}))
    announced: SellerSpoke | None = None
    """A message with an offer that isn't on the table yet: its `offer` event comes next."""
    queued: tuple[MessageQueued, ...] = ()
    failure: RunFailed | None = None
    decision: Decided | None = None
    ended: RunEnded | None = None

    @property
    def round_finished(self) -> bool:
        return self.round > 0 and self.buyer_done and not self.waiting

    @property
    def may_decide(self) -> bool:
        return self.round_finished and self.round >= self.rules.min_rounds

    @property
    def must_decide(self) -> bool:
        return self.round_finished and self.round >= self.rules.max_rounds

    def after(self, event: AnyEvent) -> "RoomState":  # noqa: C901, PLR0911, PLR0912  # a table
        """The state once `event` has happened. Raises `IllegalEvent` when it can't."""
        if self.ended is not None:
            raise IllegalEvent("the run is over")
        if self.announced is not None and not isinstance(event, OfferMade):
            raise IllegalEvent("an announced offer must be put on the table first")
        match event:
            case RoundStarted():
                return self._round_started(event)
            case BuyerSpoke():
                return self._buyer_spoke(event)
            case SellerSpoke():
                return self._seller_spoke(event)
            case OfferMade():
                return self._offer_made(event)
            case TurnPassed():
                return self._turn_passed(event)
            case TroubleNoticed():
                return self._while_open()
            case MessageQueued():
                return self._message_queued(event)
            case RunFailed():
                return replace(self._while_open(), failure=event)
            case Decided():
                return self._decided(event)
            case RunEnded():
                return self._ended(event)
            case _:
                assert_never(event)

    def _while_open(self) -> "RoomState":
        if self.decision is not None:
            raise IllegalEvent("the room has its decision")
        if self.failure is not None:
            raise IllegalEvent("the run has failed")
        return self

    def _round_started(self, event: RoundStarted) -> "RoomState":
        self._while_open()
        if self.round > 0 and not self.round_finished:
            raise IllegalEvent("the round before isn't finished")
        if event.round != self.round + 1 or event.round > self.rules.max_rounds:
            raise IllegalEvent(f"round {event.round} doesn't follow round {self.round}")
        return replace(self, round=event.round, buyer_done=False)

    def _buyer_spoke(self, event: BuyerSpoke) -> "RoomState":
        self._buyer_turn(event.round)
        if event.turn != self.turns + 1:
            raise IllegalEvent(f"turn {event.turn} doesn't follow turn {self.turns}")
        if not self.rules.present(event.round).issuperset(event.mentioned):
            raise IllegalEvent("somebody was named who isn't in the room")
        if self.queued and event.message_id != self.queued[0].message_id:
            raise IllegalEvent("a person's message takes this turn")
        if event.by_human and not self.queued:
            raise IllegalEvent("no person's message is waiting")
        return replace(
            self,
            turns=event.turn,
            buyer_done=True,
            waiting=frozenset(event.mentioned) or self.rules.present(event.round),
            queued=self.queued[1:],
        )

    def _buyer_turn(self, number: int) -> None:
        self._while_open()
        if number != self.round or number == 0 or self.buyer_done:
            raise IllegalEvent("it isn't the buyer's turn")

    def _seller_turn(self, seller_id: UUID, number: int) -> None:
        self._while_open()
        if number != self.round or seller_id not in self.waiting:
            raise IllegalEvent("that seller isn't asked now")

    def _seller_spoke(self, event: SellerSpoke) -> "RoomState":
        self._seller_turn(event.seller_id, event.round)
        if event.turn != self.turns + 1:
            raise IllegalEvent(f"turn {event.turn} doesn't follow turn {self.turns}")
        if event.offer and (why := self.rules.sellers[event.seller_id].refusal(event.offer)):
            raise IllegalEvent(why)
        return replace(
            self,
            turns=event.turn,
            waiting=self.waiting - {event.seller_id},
            announced=event if event.offer else None,
        )

    def _offer_made(self, event: OfferMade) -> "RoomState":
        said = self.announced
        if said is None or (said.message_id, said.seller_id, said.offer) != (
            event.message_id,
            event.seller_id,
            event.terms,
        ):
            raise IllegalEvent("no message announced that offer")
        offers = MappingProxyType({**self.offers, event.seller_id: event})
        return replace(self, offers=offers, announced=None)

    def _turn_passed(self, event: TurnPassed) -> "RoomState":
        if event.seller_id is None:
            self._buyer_turn(event.round)
            if self.queued:
                raise IllegalEvent("a person's message takes this turn")
            return replace(self, buyer_done=True, waiting=frozenset())
        self._seller_turn(event.seller_id, event.round)
        return replace(self, waiting=self.waiting - {event.seller_id})

    def _message_queued(self, event: MessageQueued) -> "RoomState":
        self._while_open()
        if len(self.queued) >= MAX_QUEUED:
            raise IllegalEvent(f"{MAX_QUEUED} messages are waiting for the buyer's turn")
        if not set(event.mentioned) <= set(self.rules.sellers):
            raise IllegalEvent("somebody was named who isn't in the room")
        return replace(self, queued=(*self.queued, event))

    def _decided(self, event: Decided) -> "RoomState":
        if self.decision is not None:
            raise IllegalEvent("the room has its decision")
        if event.round != self.round:
            raise IllegalEvent("the decision belongs to another round")
        if event.verdict is Verdict.ACCEPT:
            self._check_deal(event)
        elif event.seller_id or event.offer_id or event.terms:
            raise IllegalEvent("only an acceptance names a seller and terms")
        return replace(self, decision=event, waiting=frozenset())

    def _check_deal(self, event: Decided) -> None:
        seat = self.rules.sellers.get(event.seller_id) if event.seller_id else None
        if seat is None or event.terms is None:
            raise IllegalEvent("a deal needs a seller of this room, a price and a quantity")
        if why := self.rules.refusal(event.terms):
            raise IllegalEvent(why)
        if event.terms.quantity > seat.stock:
            raise IllegalEvent(f"{seat.name} has only {seat.stock}")
        if not event.by_human:
            self._check_acceptance(event, seat)

    def _check_acceptance(self, event: Decided, seat: SellerSeat) -> None:
        self._while_open()
        if not self.may_decide:
            raise IllegalEvent(f"no offer can be accepted before round {self.rules.min_rounds}")
        offer = self.offers.get(seat.seller_id)
        if offer is None or (offer.offer_id, offer.terms) != (event.offer_id, event.terms):
            raise IllegalEvent("that offer isn't on the table")

    def _ended(self, event: RunEnded) -> "RoomState":
        if self.decision is None:
            raise IllegalEvent("a run ends with a decision")
        if (event.seller_id, event.terms) != (self.decision.seller_id, self.decision.terms):
            raise IllegalEvent("the end names another outcome than the decision")
        return replace(self, ended=event)


def replay(rules: Rules, events: Iterable[AnyEvent]) -> RoomState:
    """The state that `events`, the run's log from its start, amount to."""
    state = RoomState(rules)
    for event in events:
        state = state.after(event)
    return state


@frozen
class OpenRound:
    round: int


@frozen
class SpeakQueued:
    """Say the waiting message of a person, in a new round when this one is finished."""

    message: MessageQueued
    new_round: bool


@frozen
class AskBuyer:
    """Its answer decides, or is its message of this round, or of a new one."""

    new_round: bool


@frozen
class AskSellers:
    """All at the same time."""

    sellers: frozenset[UUID]


@frozen
class Conclude:
    """Write the decision that no agent takes: no deal, and why."""

    reason: str


@frozen
class End:
    """Write the end, in the terms of the decision."""

    decision: Decided
    failed: bool


@frozen
class Finished:
    """Nothing comes next."""


Step = OpenRound | SpeakQueued | AskBuyer | AskSellers | Conclude | End | Finished


def next_step(state: RoomState, *, now: datetime, deadline: datetime) -> Step:
    """What is to be done in a room that stands like this at this moment."""
    if state.ended is not None:
        return Finished()
    if state.decision is not None:
        return End(state.decision, failed=state.failure is not None)
    if state.failure is not None:
        return Conclude(state.failure.message)
    if now >= deadline:
        return Conclude("the time for this negotiation ran out")
    return _next_turn(state)


def _next_turn(state: RoomState) -> Step:
    if state.round == 0:
        return OpenRound(1)
    if state.waiting:
        return AskSellers(state.waiting)
    if state.must_decide:
        if any(state.rules.refusal(offer.terms) is None for offer in state.offers.values()):
            return AskBuyer(new_round=False)
        return Conclude(f"no acceptable offer after {state.rules.max_rounds} rounds")
    if state.queued:
        return SpeakQueued(state.queued[0], new_round=state.buyer_done)
    return AskBuyer(new_round=state.buyer_done)
