"""Finished runs for the figures: from offers that are told by hand, or from any log."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from app.negotiation import (
    AgentKind,
    AnyEvent,
    BuyerSpoke,
    Decided,
    FinishedBuyer,
    FinishedRun,
    FinishedSeller,
    Numbered,
    OfferMade,
    Outcome,
    Priority,
    RoundStarted,
    RunEnded,
    SellerSpoke,
    SpeakingStyle,
    Terms,
    Verdict,
)
from tests.negotiation.market import BUYER, NOW, SELLERS, Ids

SECONDS = 4.25

Offers = Sequence[Mapping[str, str | None]]
"""Per round, who was asked by name and the price it offered; None for words alone."""


def seller(
    number: int,
    name: str,
    *,
    cost: str,
    least: str,
    selling: str,
    stock: int = 10,
) -> FinishedSeller:
    return FinishedSeller(
        seller_id=SELLERS[number],
        name=name,
        agent=AgentKind.OFFLINE,
        priority=Priority.MAXIMIZE_PROFIT,
        style=SpeakingStyle.NEUTRAL,
        cost_price=Decimal(cost),
        least_price=Decimal(least),
        selling_price=Decimal(selling),
        stock=stock,
    )


def buyer(*, least: str = "700", most: str = "1100", needed: int = 2) -> FinishedBuyer:
    return FinishedBuyer(BUYER, "Alice", AgentKind.OFFLINE, Decimal(least), Decimal(most), needed)


TECH = seller(0, "TechStore", cost="650", least="780", selling="1050")
GADGET = seller(1, "GadgetHub", cost="700", least="820", selling="1200")


def finished(
    events: Iterable[AnyEvent],
    *,
    of: FinishedBuyer | None = None,
    sellers: tuple[FinishedSeller, ...] = (TECH, GADGET),
    max_rounds: int = 4,
    seconds_to_decision: float = 1.0,
    number: int = 1,
    item: str = "Laptop",
) -> FinishedRun:
    """The log's places are counted from 1."""
    decided_at = NOW + timedelta(seconds=seconds_to_decision)
    log = tuple(Numbered(seq, decided_at, event) for seq, event in enumerate(events, start=1))
    return FinishedRun(
        run_id=UUID(int=500 + number),
        session_id=UUID(int=600),
        room_id=UUID(int=700),
        item_id="item",
        item_name=item,
        number=number,
        seed=1,
        started_at=NOW,
        ended_at=NOW + timedelta(seconds=SECONDS),
        min_rounds=1,
        max_rounds=max_rounds,
        timeout_seconds=60.0,
        provider="offline",
        model="none",
        buyer=of or buyer(),
        sellers=sellers,
        events=log,
    )


def told(
    rounds: Offers,
    *ending: AnyEvent,
    sellers: tuple[FinishedSeller, ...] = (TECH, GADGET),
    quantity: int = 2,
) -> list[AnyEvent]:
    """The log of these rounds: the buyer speaks to all, those named answer; then `ending`."""
    by_name, ids, turn = {s.name: s.seller_id for s in sellers}, Ids(), 0
    log: list[AnyEvent] = []
    for number, answers in enumerate(rounds, start=1):
        turn += 1
        log.append(RoundStarted(round=number))
        log.append(
            BuyerSpoke(message_id=ids(), text="well?", mentioned=(), round=number, turn=turn)
        )
        for name, price in answers.items():
            turn += 1
            terms = None if price is None else Terms(Decimal(price), quantity)
            log += _answer(ids, by_name[name], terms, number, turn)
    return [*log, *ending]


def _answer(
    ids: Ids, seller_id: UUID, terms: Terms | None, number: int, turn: int
) -> list[AnyEvent]:
    said = SellerSpoke(
        message_id=ids(), seller_id=seller_id, text="so", offer=terms, round=number, turn=turn
    )
    if terms is None:
        return [said]
    made = OfferMade(
        offer_id=ids(),
        message_id=said.message_id,
        seller_id=seller_id,
        terms=terms,
        round=number,
    )
    return [said, made]


def bought(
    seller_id: UUID, price: str, quantity: int, number: int, *, by_human: bool = False
) -> tuple[Decided, RunEnded]:
    terms = Terms(Decimal(price), quantity)
    return _over(Verdict.ACCEPT, Outcome.DEAL, number, seller_id, terms, by_human=by_human)


def ended(
    verdict: Verdict, number: int, outcome: Outcome = Outcome.NO_DEAL, *, by_human: bool = False
) -> tuple[Decided, RunEnded]:
    return _over(verdict, outcome, number, by_human=by_human)


def _over(
    verdict: Verdict,
    outcome: Outcome,
    number: int,
    seller_id: UUID | None = None,
    terms: Terms | None = None,
    *,
    by_human: bool,
) -> tuple[Decided, RunEnded]:
    decided = Decided(
        outcome_id=UUID(int=3),
        verdict=verdict,
        seller_id=seller_id,
        terms=terms,
        reason="because",
        round=number,
        by_human=by_human,
    )
    end = RunEnded(
        outcome=outcome,
        rounds=number,
        seconds=SECONDS,
        seller_id=seller_id,
        terms=terms,
        reason="because",
    )
    return decided, end


EXAMPLE = finished(
    told(
        [
            {"TechStore": "1050", "GadgetHub": "1200"},
            {"TechStore": "990", "GadgetHub": None},
            {"TechStore": "900", "GadgetHub": "1150"},
        ],
        *bought(TECH.seller_id, "900", 2, 3),
    )
)
"""Two laptops: TechStore comes down from 1050 over 990 to 900 and sells, GadgetHub hardly moves."""
