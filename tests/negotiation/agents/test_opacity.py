"""Who is told what, over whole negotiations: every prompt is recorded as a vendor receives it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.kit.ids import new_id
from app.llm import LLMClient
from app.negotiation.agents import SeatFactory, Seating, Seats
from app.negotiation.agents.seat import AgentKind, BuyerAction, BuyerTurn, Priority, SpeakingStyle
from app.negotiation.events import AnyEvent, BuyerSpoke, OfferMade, RoundStarted, SellerSpoke
from app.negotiation.mentions import mentioned
from app.negotiation.room import (
    AskBuyer,
    AskSellers,
    Conclude,
    OpenRound,
    RoomState,
    Rules,
    SellerSeat,
    next_step,
)
from app.negotiation.runs.turns import buyer_refusal, seller_refusal, settle
from app.negotiation.views import Cast, SellerCard, view_of_buyer, view_of_seller
from tests.fakes.openai_wire import FakeOpenAI
from tests.negotiation.agents.conftest import playing

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("Aldgate", "Bexley", "Croydon")
MINIMUM, MAXIMUM = Decimal("411.17"), Decimal("983.19")

CARDS = tuple(
    SellerCard(
        seller_id=UUID(int=place),
        name=name,
        priority=list(Priority)[place % 2],
        style=list(SpeakingStyle)[place],
        cost_price=Decimal("501.23") + place,
        least_price=Decimal("602.29") + place,
        selling_price=Decimal("977.31") + place,
        stock=60_047 + place,
        arrives=1,
    )
    for place, name in enumerate(NAMES)
)
RULES = Rules(
    quantity_needed=5,
    min_price=MINIMUM,
    max_price=MAXIMUM,
    min_rounds=4,
    max_rounds=5,
    sellers={
        card.seller_id: SellerSeat(
            card.seller_id, card.name, card.least_price, card.selling_price, card.stock
        )
        for card in CARDS
    },
)
CAST = Cast(
    buyer_id=UUID(int=99),
    buyer_name="Bea",
    item_name="Laptop",
    seed=7,
    sellers={card.seller_id: card for card in CARDS},
)

OF_BUYER = {"411.17", "983.19"}
OF_SELLER = {
    card.name: {
        f"{card.cost_price}",
        f"{card.least_price}",
        f"{card.selling_price}",
        f"{card.stock}",
    }
    for card in CARDS
}


@dataclass
class Table:
    """A room without database or clock: seats are asked, their turns become events."""

    seats: Seats
    state: RoomState = field(default_factory=lambda: RoomState(RULES))
    events: list[AnyEvent] = field(default_factory=list)

    async def play(self) -> BuyerTurn | None:
        """The turn that ends the negotiation, None where the rounds do."""
        while True:
            match next_step(self.state, now=NOW, deadline=NOW.replace(year=2027)):
                case OpenRound(number):
                    self.add(RoundStarted(round=number))
                case AskBuyer(new_round):
                    turn = await self.ask_buyer()
                    if turn.action is not BuyerAction.CONTINUE:
                        return turn
                    self.say(turn.text, new_round=new_round)
                case AskSellers(sellers):
                    for seller_id in sorted(sellers):
                        await self.ask_seller(seller_id)
                case Conclude():
                    return None
                case step:
                    raise AssertionError(f"{step} was not to be expected")

    def add(self, event: AnyEvent) -> None:
        self.state = self.state.after(event)
        self.events.append(event)

    async def ask_buyer(self) -> BuyerTurn:
        state, view = self.state, view_of_buyer(CAST, self.state, self.events)
        settled = await settle(
            lambda rejections: self.seats.buyer.take_turn(view, rejections),
            lambda turn: buyer_refusal(state, view, turn),
        )
        assert settled.turn is not None
        return settled.turn

    def say(self, text: str, *, new_round: bool) -> None:
        if new_round:
            self.add(RoundStarted(round=self.state.round + 1))
        named = tuple(UUID(int=place) for place in mentioned(text, NAMES))
        turn = self.state.turns + 1
        self.add(
            BuyerSpoke(
                message_id=uuid4(), text=text, mentioned=named, round=self.state.round, turn=turn
            )
        )

    async def ask_seller(self, seller_id: UUID) -> None:
        view = view_of_seller(CAST, self.state, self.events, seller_id)
        settled = await settle(
            lambda rejections: self.seats.sellers[seller_id].take_turn(view, rejections),
            lambda turn: seller_refusal(RULES.sellers[seller_id], turn),
        )
        assert settled.turn is not None
        message_id, number, offer = uuid4(), self.state.round, settled.turn.offer
        self.add(
            SellerSpoke(
                message_id=message_id,
                seller_id=seller_id,
                text=settled.turn.text,
                offer=offer,
                round=number,
                turn=self.state.turns + 1,
            )
        )
        if offer:
            self.add(
                OfferMade(
                    offer_id=uuid4(),
                    message_id=message_id,
                    seller_id=seller_id,
                    terms=offer,
                    round=number,
                )
            )


def seats_of(client: LLMClient, kind: AgentKind) -> Seats:
    settings = playing()
    return SeatFactory(client).fill(
        Seating(
            buyer_id=new_id(),
            buyer=kind,
            sellers={card.seller_id: kind for card in CARDS},
            model=settings.model,
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
            paced=False,
            context=settings.context,
        )
    )


def prompts(upstream: FakeOpenAI) -> Iterator[tuple[str, str]]:
    """Whom each call speaks for, by the first words it is told, and all that it is told."""
    for call in upstream.calls:
        text = "\n".join(message["content"] for message in call["messages"])
        (seat,) = (name for name in ("Bea", *NAMES) if f'"{name}", ' in text.splitlines()[0][:40])
        yield seat, text


def bargaining(body: dict[str, Any]) -> dict[str, Any] | str:
    """The buyer singles somebody out every other time, so that not all sellers hear the same."""
    schema = json.dumps(body.get("response_format"))
    told = "\n".join(message["content"] for message in body["messages"])
    if "seller_turn" in schema:
        return {"message": "Here is my price.", "offer": {"price": 790.4, "quantity": 5}}
    if "buyer_turn" not in schema:
        return "Let us find a price that suits us both."
    if '"accept"' in schema and (offer := re.search(r"offer_id: (\S+),", told)):
        return {"message": "Agreed.", "action": "accept", "offer_id": offer[1]}
    whom = "@Bexley, go on." if told.count('"by":"you"') % 2 else "Go on, all of you."
    return {"message": whom, "action": "continue", "offer_id": None}


@pytest.mark.parametrize("kind", [AgentKind.LLM, AgentKind.NARRATED])
async def test_no_secret_crosses(client: LLMClient, upstream: FakeOpenAI, kind: AgentKind) -> None:
    upstream.reply = bargaining
    table = Table(seats_of(client, kind))
    ending = await table.play()

    assert ending is not None
    offered = {f"{event.terms.price}" for event in table.events if isinstance(event, OfferMade)}
    assert {seat for seat, _ in prompts(upstream)} == {"Bea", *NAMES}
    for seat, text in prompts(upstream):
        for owner, secrets in (("Bea", OF_BUYER), *OF_SELLER.items()):
            if owner != seat:
                assert not [secret for secret in secrets - offered if secret in text], (seat, owner)


async def test_a_model_that_decides_knows_its_own(client: LLMClient, upstream: FakeOpenAI) -> None:
    """The counterpart, without which the test above could pass on empty prompts."""
    upstream.reply = bargaining
    await Table(seats_of(client, AgentKind.LLM)).play()

    for seat, text in prompts(upstream):
        own = OF_BUYER if seat == "Bea" else OF_SELLER[seat]
        assert all(secret in text for secret in own)


async def test_a_model_that_narrates_knows_no_limit(
    client: LLMClient, upstream: FakeOpenAI
) -> None:
    upstream.reply = bargaining
    await Table(seats_of(client, AgentKind.NARRATED)).play()

    limits = OF_BUYER.union(*OF_SELLER.values()) - {f"{card.selling_price}" for card in CARDS}
    for _, text in prompts(upstream):
        assert not [limit for limit in limits if limit in text]


async def test_sellers_do_not_hear_each_other(client: LLMClient, upstream: FakeOpenAI) -> None:
    upstream.reply = bargaining
    await Table(seats_of(client, AgentKind.LLM)).play()

    for seat, text in prompts(upstream):
        if seat != "Bea":
            named = [name for name in NAMES if name != seat and f"@{name}" not in text]
            assert not [name for name in named if name in text]
        if seat in {"Aldgate", "Croydon"}:
            assert "@Bexley" not in text
    assert any("@Bexley" in text for seat, text in prompts(upstream) if seat == "Bexley")


async def test_profiles_stay_with_their_owner(client: LLMClient, upstream: FakeOpenAI) -> None:
    """The words of a style and of a priority are in nobody else's prompt."""
    upstream.reply = bargaining
    await Table(seats_of(client, AgentKind.LLM)).play()

    words = {"Aldgate": "Rude:", "Bexley": "Very sweet:", "Croydon": "Neutral:"}
    for seat, text in prompts(upstream):
        assert [owner for owner, style in words.items() if style in text] == (
            [] if seat == "Bea" else [seat]
        )
        assert ("Keeping the customer" in text) == (seat in {"Aldgate", "Croydon"})
        assert "What matters to you" not in text or seat != "Bea"
