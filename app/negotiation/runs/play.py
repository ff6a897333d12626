"""Carries out one step of a run: asks the seats, turns their answers into events."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import TypeVar
from uuid import UUID

from app.kit.clock import Clock
from app.kit.ids import new_id
from app.llm import LLMError
from app.negotiation.agents import Seats
from app.negotiation.agents.seat import BuyerAction, BuyerTurn, SellerTurn, Trouble
from app.negotiation.events import (
    AnyEvent,
    BuyerSpoke,
    Decided,
    OfferMade,
    RoundStarted,
    SellerSpoke,
    TroubleNoticed,
    TurnPassed,
    Verdict,
)
from app.negotiation.journal import ending
from app.negotiation.models import Run
from app.negotiation.room import (
    AskBuyer,
    AskSellers,
    Conclude,
    End,
    OpenRound,
    SpeakQueued,
    Step,
)
from app.negotiation.runs.answers import Work, as_they_come
from app.negotiation.runs.run_log import RunLog
from app.negotiation.runs.turns import MAX_TRIES, Settled, buyer_refusal, seller_refusal, settle
from app.negotiation.setup import RoomSetup
from app.negotiation.speech import spoken
from app.negotiation.views import view_of_buyer, view_of_seller

TURN_PASSED = "TURN_PASSED"
_NO_VALID_TURN = f"found no valid turn in {MAX_TRIES} tries"

K = TypeVar("K")
T = TypeVar("T")


class Play:
    """A run being played: its set-up, its log and its seats."""

    def __init__(
        self, setup: RoomSetup, run: Run, run_log: RunLog, seats: Seats, clock: Clock
    ) -> None:
        self._setup = setup
        self._cast = setup.cast
        self._rules = setup.rules
        self._run = run
        self._deadline = setup.deadline(run)
        self._log = run_log
        self._seats = seats
        self._clock = clock

    async def take(self, step: Step) -> None:
        """Raises `LLMError` when the step can't be taken because no model answers."""
        match step:
            case OpenRound():
                self._log.add(RoundStarted(round=step.round))
            case SpeakQueued():
                self._speak_queued(step)
            case AskBuyer():
                await self._ask_buyer(step)
            case AskSellers():
                await self._ask_sellers(step)
            case Conclude():
                self._decide(Verdict.NO_DEAL, step.reason)
            case End():
                now = self._clock()
                self._log.add(ending(step.decision, self._run, failed=step.failed, now=now))

    # the buyer

    def _speak_queued(self, step: SpeakQueued) -> None:
        message = step.message
        self._buyer_says(
            message.text, message.mentioned, message.message_id, step.new_round, by_human=True
        )

    def _buyer_says(
        self,
        text: str,
        mentioned: tuple[UUID, ...],
        message_id: UUID,
        new_round: bool,  # noqa: FBT001  # the step's own word
        *,
        by_human: bool = False,
    ) -> None:
        state = self._log.state
        number = state.round + 1 if new_round else state.round
        present = self._rules.present(number)
        spoke = BuyerSpoke(
            message_id=message_id,
            text=text,
            mentioned=tuple(seller for seller in mentioned if seller in present),
            round=number,
            turn=state.turns + 1,
            by_human=by_human,
        )
        self._log.add(*self._opening(new_round=new_round), spoke)

    def _opening(self, *, new_round: bool) -> tuple[AnyEvent, ...]:
        return (RoundStarted(round=self._log.state.round + 1),) if new_round else ()

    async def _ask_buyer(self, step: AskBuyer) -> None:
        state = self._log.state
        view = view_of_buyer(self._cast, state, self._log.events)
        work = partial(
            self._paced,
            1,
            lambda: settle(
                lambda rejections: self._seats.buyer.take_turn(view, rejections),
                lambda turn: buyer_refusal(state, view, turn),
            ),
        )
        async with aclosing(self._answers({None: work}, self._buyer_wanted)) as answers:
            async for [(_, settled)] in answers:
                if isinstance(settled, LLMError):
                    raise settled
                self._buyer_answered(settled, step)

    async def _buyer_wanted(self) -> bool:
        await self._log.refresh()
        return self._log.state.decision is None and not self._log.state.queued

    def _buyer_answered(self, settled: Settled[BuyerTurn], step: AskBuyer) -> None:
        self._note(None, settled.troubles)
        turn = settled.turn
        if self._log.state.must_decide and (turn is None or turn.action is BuyerAction.CONTINUE):
            said = spoken(turn.text) if turn else ""
            self._decide(Verdict.NO_DEAL, said or "the last round ended without an acceptance")
        elif turn is None:
            number = self._log.state.round + (1 if step.new_round else 0)
            passed = self._passed(None, number)
            self._log.add(*self._opening(new_round=step.new_round), passed)
        elif turn.action is BuyerAction.ACCEPT and turn.offer_id is not None:
            self._accept(turn.offer_id, spoken(turn.text))
        elif turn.action is BuyerAction.WALK_AWAY:
            self._decide(Verdict.REJECT, spoken(turn.text) or "the buyer walked away")
        else:
            text = spoken(turn.text)
            self._buyer_says(text, self._setup.mentioned(text), new_id(), step.new_round)

    def _accept(self, offer_id: UUID, reason: str) -> None:
        offer = next(o for o in self._log.state.offers.values() if o.offer_id == offer_id)
        seller = self._cast.seller_name(offer.seller_id)
        self._log.add(
            Decided(
                outcome_id=new_id(),
                verdict=Verdict.ACCEPT,
                seller_id=offer.seller_id,
                offer_id=offer_id,
                terms=offer.terms,
                reason=reason or f"the buyer accepted {seller}'s offer",
                round=self._log.state.round,
            )
        )

    def _decide(self, verdict: Verdict, reason: str) -> None:
        number = self._log.state.round
        self._log.add(Decided(outcome_id=new_id(), verdict=verdict, reason=reason, round=number))

    # the sellers

    async def _ask_sellers(self, step: AskSellers) -> None:
        works = {
            seller_id: self._ask_seller(seller_id, place)
            for place, seller_id in enumerate(self._cast.sellers, start=1)
            if seller_id in step.sellers
        }
        failed: dict[UUID, LLMError] = {}
        async with aclosing(self._answers(works, self._sellers_wanted)) as answers:
            async for arrived in answers:
                for seller_id, settled in arrived:
                    if isinstance(settled, LLMError):
                        failed[seller_id] = settled
                    else:
                        self._seller_answered(seller_id, settled)
                if not self._seats.instant:
                    await self._log.flush()
                if self._log.state.decision is not None:
                    break
        if self._log.state.decision is None:
            self._sellers_failed(failed, alone=len(failed) == len(works))

    def _ask_seller(self, seller_id: UUID, place: int) -> Work[Settled[SellerTurn]]:
        view = view_of_seller(self._cast, self._log.state, self._log.events, seller_id)
        seat = self._rules.sellers[seller_id]
        seller = self._seats.sellers[seller_id]
        return partial(
            self._paced,
            place,
            lambda: settle(
                lambda rejections: seller.take_turn(view, rejections),
                lambda turn: seller_refusal(seat, turn),
            ),
        )

    async def _sellers_wanted(self) -> bool:
        await self._log.refresh()
        return self._log.state.decision is None

    def _seller_answered(self, seller_id: UUID, settled: Settled[SellerTurn]) -> None:
        self._note(seller_id, settled.troubles)
        number = self._log.state.round
        if settled.turn is None:
            self._log.add(self._passed(seller_id, number))
            return
        spoke = SellerSpoke(
            message_id=new_id(),
            seller_id=seller_id,
            text=spoken(settled.turn.text),
            offer=settled.turn.offer,
            round=number,
            turn=self._log.state.turns + 1,
        )
        self._log.add(spoke, *_offer(spoke))

    def _sellers_failed(self, failed: Mapping[UUID, LLMError], *, alone: bool) -> None:
        """A seller that no model speaks for passes, as long as another one can answer."""
        if failed and alone and self._nobody_answered():
            raise next(iter(failed.values()))
        for seller_id, error in failed.items():
            self._note(seller_id, (Trouble(error.code, error.message),))
            passed = self._passed(seller_id, self._log.state.round, why="has no model that answers")
            self._log.add(passed)

    def _nobody_answered(self) -> bool:
        number = self._log.state.round
        return not any(
            isinstance(event, SellerSpoke) and event.round == number for event in self._log.events
        )

    # both

    def _passed(
        self, seller_id: UUID | None, number: int, *, why: str = _NO_VALID_TURN
    ) -> TurnPassed:
        name = self._cast.seller_name(seller_id) if seller_id else self._cast.buyer_name
        reason = f"{name} {why} and passes"
        return TurnPassed(seller_id=seller_id, code=TURN_PASSED, reason=reason, round=number)

    def _note(self, seller_id: UUID | None, troubles: tuple[Trouble, ...]) -> None:
        number = self._log.state.round
        for trouble in troubles:
            self._log.add(
                TroubleNoticed(
                    seller_id=seller_id,
                    code=trouble.code,
                    message=trouble.message,
                    round=number,
                )
            )

    async def _paced(self, place: int, ask: Callable[[], Awaitable[T]]) -> T:
        """Agents that answer at once can be slowed down to a pace that people can follow."""
        if pace := self._setup.session.pace_seconds:
            await asyncio.sleep(pace * place)
        return await ask()

    async def _answers(
        self, works: Mapping[K, Work[T]], still_wanted: Callable[[], Awaitable[bool]]
    ) -> AsyncGenerator[list[tuple[K, T | LLMError]]]:
        """Of nobody, when a person was faster: then another step may be due."""
        if self._seats.instant:
            for key, work in works.items():
                yield [(key, await work())]
            return
        if not await self._log.flush():
            return
        asked = as_they_come(
            works,
            interrupted=self._log.grown,
            still_wanted=still_wanted,
            seconds_left=self._seconds_left,
        )
        async with aclosing(asked):
            async for arrived in asked:
                yield arrived

    def _seconds_left(self) -> float:
        return (self._deadline - self._clock()).total_seconds()


def _offer(spoke: SellerSpoke) -> tuple[OfferMade, ...]:
    if spoke.offer is None:
        return ()
    return (
        OfferMade(
            offer_id=new_id(),
            message_id=spoke.message_id,
            seller_id=spoke.seller_id,
            terms=spoke.offer,
            round=spoke.round,
        ),
    )
