"""The rules of a room, case by case. What holds of every run is in `test_room_properties`."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from app.negotiation.agents.seat import Terms
from app.negotiation.events import (
    AnyEvent,
    Decided,
    MessageQueued,
    Outcome,
    RoundStarted,
    RunEnded,
    RunFailed,
    TurnPassed,
    Verdict,
)
from app.negotiation.room import (
    MAX_QUEUED,
    AskBuyer,
    AskSellers,
    Conclude,
    End,
    Finished,
    IllegalEvent,
    OpenRound,
    RoomState,
    SpeakQueued,
    next_step,
    replay,
)
from tests.negotiation.market import (
    NOW,
    OUTSIDER,
    SELLERS,
    buyer_says,
    opening,
    rules,
    seller_says,
)

LATER = NOW + timedelta(minutes=30)
A, B, C = SELLERS[:3]


def step(state: RoomState) -> object:
    return next_step(state, now=NOW, deadline=LATER)


def played(rounds: int, *, sellers: int = 1, price: int | None = 15) -> RoomState:
    """A room in which this many rounds are finished."""
    state = RoomState(rules(sellers=sellers))
    for number in range(1, rounds + 1):
        state = state.after(RoundStarted(round=number))
        state = state.after(buyer_says(number, state.turns + 1))
        for seller_id in SELLERS[:sellers]:
            for event in seller_says(seller_id, number, state.turns + 1, price):
                state = state.after(event)
    return state


def accepting(state: RoomState, seller_id: UUID = A, **changes: object) -> Decided:
    offer = state.offers[seller_id]
    fields: dict[str, object] = {
        "outcome_id": UUID(int=77),
        "verdict": Verdict.ACCEPT,
        "seller_id": seller_id,
        "offer_id": offer.offer_id,
        "terms": offer.terms,
        "reason": "good",
        "round": state.round,
        **changes,
    }
    return Decided.model_validate(fields)


def no_deal(state: RoomState, verdict: Verdict = Verdict.NO_DEAL) -> Decided:
    return Decided(outcome_id=UUID(int=78), verdict=verdict, reason="none", round=state.round)


def refused(state: RoomState, event: AnyEvent) -> str:
    with pytest.raises(IllegalEvent) as caught:
        state.after(event)
    return str(caught.value)


class TestNextStep:
    def test_an_empty_room_opens_its_first_round(self) -> None:
        assert step(RoomState(rules())) == OpenRound(1)

    def test_the_buyer_opens_the_round_that_has_begun(self) -> None:
        assert step(RoomState(rules()).after(opening())) == AskBuyer(new_round=False)

    def test_naming_nobody_asks_everybody(self) -> None:
        state = replay(rules(), [opening(), buyer_says(1, 1)])

        assert step(state) == AskSellers(frozenset(SELLERS[:3]))

    def test_naming_some_asks_those(self) -> None:
        state = replay(rules(), [opening(), buyer_says(1, 1, B)])

        assert step(state) == AskSellers(frozenset({B}))

    def test_who_answered_isn_t_asked_again(self) -> None:
        state = replay(rules(), [opening(), buyer_says(1, 1), *seller_says(A, 1, 2)])

        assert step(state) == AskSellers(frozenset({B, C}))

    def test_a_finished_round_leads_to_the_buyer_and_a_new_one(self) -> None:
        assert step(played(1)) == AskBuyer(new_round=True)

    def test_the_last_round_leads_to_the_buyer_and_no_new_one(self) -> None:
        assert step(played(4)) == AskBuyer(new_round=False)

    def test_the_last_round_without_an_acceptable_offer_concludes(self) -> None:
        assert isinstance(step(played(4, price=25)), Conclude)
        assert isinstance(step(played(4, price=None)), Conclude)

    def test_a_late_room_concludes_whatever_it_waits_for(self) -> None:
        for state in (
            RoomState(rules()),
            played(1),
            replay(rules(), [opening(), buyer_says(1, 1)]),
        ):
            assert isinstance(next_step(state, now=LATER, deadline=LATER), Conclude)

    def test_a_failed_run_concludes_and_ends_as_failed(self) -> None:
        state = played(1).after(RunFailed(code="LLM_TIMEOUT", message="silent"))

        assert step(state) == Conclude("silent")
        decided = state.after(no_deal(state))
        assert isinstance(end := step(decided), End)
        assert end.failed

    def test_a_decided_room_ends_and_an_ended_one_is_finished(self) -> None:
        state = played(2)
        decided = state.after(accepting(state))
        decision = decided.decision
        assert decision is not None
        assert step(decided) == End(decision, failed=False)

        end = RunEnded(
            outcome=Outcome.DEAL,
            rounds=2,
            seconds=1.0,
            seller_id=A,
            terms=decision.terms,
            reason="good",
        )
        assert step(decided.after(end)) == Finished()

    def test_a_waiting_message_takes_the_buyers_next_turn(self) -> None:
        message = MessageQueued(message_id=UUID(int=3), text="hello", mentioned=(A,))

        assert step(played(1).after(message)) == SpeakQueued(message, new_round=True)
        opened = RoomState(rules()).after(opening()).after(message)
        assert step(opened) == SpeakQueued(message, new_round=False)

    def test_a_waiting_message_waits_for_the_sellers(self) -> None:
        message = MessageQueued(message_id=UUID(int=3), text="hello", mentioned=())
        state = replay(rules(), [opening(), buyer_says(1, 1), message])

        assert step(state) == AskSellers(frozenset(SELLERS[:3]))

    def test_after_the_last_round_a_message_has_no_turn_left(self) -> None:
        message = MessageQueued(message_id=UUID(int=3), text="hello", mentioned=())

        assert step(played(4).after(message)) == AskBuyer(new_round=False)


class TestArrival:
    def test_a_late_seller_is_asked_from_its_round_on(self) -> None:
        late = rules(arrives=(1, 2, 1, 1), sellers=2)
        state = replay(late, [opening(), buyer_says(1, 1)])

        assert step(state) == AskSellers(frozenset({A}))

        state = replay(late, [opening(), buyer_says(1, 1), *seller_says(A, 1, 2)])
        state = state.after(RoundStarted(round=2)).after(buyer_says(2, 3))
        assert step(state) == AskSellers(frozenset({A, B}))

    def test_it_can_t_be_named_before(self) -> None:
        state = RoomState(rules(arrives=(1, 2, 1, 1))).after(opening())

        assert "isn't in the room" in refused(state, buyer_says(1, 1, B))


class TestTurns:
    def test_nobody_speaks_out_of_turn(self) -> None:
        state = replay(rules(), [opening(), buyer_says(1, 1, A)])

        assert "buyer's turn" in refused(state, buyer_says(1, 2))
        assert "isn't asked" in refused(state, seller_says(B, 1, 2)[0])
        assert "isn't finished" in refused(state, RoundStarted(round=2))

    def test_a_turn_is_taken_once(self) -> None:
        state = replay(rules(), [opening(), buyer_says(1, 1), *seller_says(A, 1, 2)])

        assert "isn't asked" in refused(state, seller_says(A, 1, 3)[0])

    def test_another_round_s_turn_is_refused(self) -> None:
        state = replay(rules(), [opening(), buyer_says(1, 1)])

        assert "isn't asked" in refused(state, seller_says(A, 2, 2)[0])

    @pytest.mark.parametrize(("price", "quantity"), [(11, 5), (31, 5), (15, 0), (15, 9)])
    def test_an_offer_outside_the_seller_s_limits_is_refused(
        self, price: int, quantity: int
    ) -> None:
        state = replay(rules(), [opening(), buyer_says(1, 1)])

        assert "must be between" in refused(state, seller_says(A, 1, 2, price, quantity)[0])

    def test_an_announced_offer_comes_next(self) -> None:
        spoke, *offer = seller_says(A, 1, 2)
        state = replay(rules(), [opening(), buyer_says(1, 1), spoke])

        assert "announced offer" in refused(state, seller_says(B, 1, 3)[0])
        assert state.after(offer[0]).offers[A] == offer[0]

    def test_an_offer_nobody_announced_is_refused(self) -> None:
        _, offer = seller_says(A, 1, 2)
        state = replay(rules(), [opening(), buyer_says(1, 1)])

        assert "announced" in refused(state, offer)

    def test_who_passes_is_done_for_the_round(self) -> None:
        passing = TurnPassed(seller_id=A, code="X", reason="none", round=1)
        state = replay(rules(sellers=1), [opening(), buyer_says(1, 1), passing])

        assert state.round_finished

    def test_a_buyer_that_passes_leaves_the_round_empty(self) -> None:
        passing = TurnPassed(seller_id=None, code="X", reason="none", round=1)
        state = replay(rules(), [opening(), passing])

        assert step(state) == AskBuyer(new_round=True)


class TestPeople:
    def test_their_message_comes_before_the_agent_s(self) -> None:
        message = MessageQueued(message_id=UUID(int=3), text="hello", mentioned=())
        state = RoomState(rules()).after(opening()).after(message)

        assert "takes this turn" in refused(state, buyer_says(1, 1))
        said = state.after(buyer_says(1, 1, message_id=UUID(int=3), by_human=True))
        assert said.queued == ()

    def test_they_queue_up_to_a_bound(self) -> None:
        state = RoomState(rules())
        for number in range(MAX_QUEUED):
            state = state.after(
                MessageQueued(message_id=UUID(int=number), text="again", mentioned=())
            )

        assert "wait" in refused(
            state, MessageQueued(message_id=UUID(int=99), text="again", mentioned=())
        )

    def test_they_may_decide_at_any_moment_within_the_limits(self) -> None:
        state = RoomState(rules())
        deal = Decided(
            outcome_id=UUID(int=1),
            verdict=Verdict.ACCEPT,
            seller_id=B,
            terms=Terms(Decimal(10), 1),
            reason="because",
            round=0,
            by_human=True,
        )

        assert state.after(deal).decision == deal
        too_dear = deal.model_copy(update={"terms": Terms(Decimal(21), 1)})
        assert "price" in refused(state, too_dear)
        too_many = deal.model_copy(update={"terms": Terms(Decimal(10), 6)})
        assert "quantity" in refused(state, too_many)
        elsewhere = deal.model_copy(update={"seller_id": OUTSIDER})
        assert "seller of this room" in refused(state, elsewhere)

    def test_they_can_still_end_a_run_that_failed(self) -> None:
        state = played(1).after(RunFailed(code="LLM_TIMEOUT", message="silent"))

        assert state.after(no_deal(state)).decision is not None


class TestAcceptance:
    def test_an_offer_on_the_table_is_accepted_by_its_id(self) -> None:
        state = played(2)

        assert state.after(accepting(state)).decision is not None

    def test_not_before_the_first_round_that_allows_it(self) -> None:
        state = played(1)

        assert "before round 2" in refused(state, accepting(state))

    def test_not_while_sellers_are_still_to_answer(self) -> None:
        state = played(2).after(RoundStarted(round=3)).after(buyer_says(3, 5))

        assert "before round" in refused(state, accepting(state))

    def test_not_with_other_terms_or_another_offer(self) -> None:
        state = played(2)

        cheaper = accepting(state, terms=Terms(Decimal(14), 5))
        assert "on the table" in refused(state, cheaper)
        older = accepting(state, offer_id=played(1).offers[A].offer_id)
        assert "on the table" in refused(state, older)

    def test_not_beyond_the_buyer_s_limits(self) -> None:
        state = played(2, price=25)

        assert "price" in refused(state, accepting(state))

    def test_walking_away_names_no_deal(self) -> None:
        state = played(2)

        assert state.after(no_deal(state, Verdict.REJECT)).decision is not None
        assert "only an acceptance" in refused(state, accepting(state, verdict=Verdict.REJECT))

    def test_the_decision_is_the_last_word_but_the_end(self) -> None:
        state = played(2)
        decided = state.after(accepting(state))

        assert "has its decision" in refused(decided, no_deal(decided))
        assert "has its decision" in refused(decided, RoundStarted(round=3))
        other = RunEnded(outcome=Outcome.NO_DEAL, rounds=2, seconds=0, reason="x")
        assert "another outcome" in refused(decided, other)
