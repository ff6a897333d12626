"""Negotiations without a model, played on a market that is nothing but views and turns."""

import math
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.negotiation.agents.bids import stated_bid
from app.negotiation.agents.offline import OfflineBuyer, OfflineSeller
from app.negotiation.agents.seat import (
    BuyerAction,
    BuyerTurn,
    BuyerView,
    Line,
    Priority,
    Rejection,
    SellerView,
    SpeakingStyle,
    TableOffer,
    Terms,
)
from app.negotiation.mentions import mentioned
from app.negotiation.speech import spoken

BUYER = BuyerView(
    buyer_name="Bea",
    item_name="Laptop",
    quantity_needed=5,
    min_price=Decimal(800),
    max_price=Decimal(1000),
    sellers=(),
    round=0,
    max_rounds=10,
    may_decide=False,
    must_decide=False,
    transcript=(),
    offers=(),
    seed=7,
)
SELLER = SellerView(
    seller_name="TechStore",
    buyer_name="Bea",
    item_name="Laptop",
    quantity_requested=5,
    cost_price=Decimal(700),
    least_price=Decimal(850),
    selling_price=Decimal(1200),
    stock=8,
    priority=Priority.MAXIMIZE_PROFIT,
    style=SpeakingStyle.RUDE,
    round=1,
    max_rounds=10,
    transcript=(),
    seed=7,
)


@dataclass
class Market:
    """One room: who hears what is as the marketplace has it, events and database left out."""

    buyer: BuyerView
    sellers: list[SellerView]
    offers: dict[str, TableOffer] = field(default_factory=dict)
    bids: list[Decimal] = field(default_factory=list)
    heard: list[tuple[int, ...]] = field(default_factory=list)
    prices: dict[str, list[Decimal]] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.buyer.transcript

    async def play(self) -> BuyerTurn:
        names = tuple(seller.seller_name for seller in self.sellers)
        self.buyer = replace(self.buyer, sellers=names)
        for number in range(1, self.buyer.max_rounds + 2):
            turn = (await OfflineBuyer().take_turn(self.buyer, ())).turn
            if turn.action is not BuyerAction.CONTINUE:
                return turn
            named = mentioned(turn.text, names)
            self.heard.append(named)
            self.bids += [bid for bid in [stated_bid(turn.text)] if bid is not None]
            said = Line(number, "Bea", True, turn.text)
            self.buyer = replace(self.buyer, transcript=(*self.lines, said))
            for index in named or range(len(names)):
                await self._answer(index, replace(said, mine=False))
            last = number >= self.buyer.max_rounds
            self.buyer = replace(
                self.buyer,
                round=number,
                may_decide=number >= min(2, self.buyer.max_rounds),
                must_decide=last,
                offers=tuple(self.offers.values()),
            )
        raise AssertionError("the buyer talks on after the last round")

    async def _answer(self, index: int, said: Line) -> None:
        seller = self.sellers[index]
        seller = replace(seller, round=said.round, transcript=(*seller.transcript, said))
        turn = (await OfflineSeller().take_turn(seller, ())).turn
        assert turn.offer is not None
        name = seller.seller_name
        own = Line(said.round, name, True, turn.text, turn.offer)
        self.sellers[index] = replace(seller, transcript=(*seller.transcript, own))
        self.buyer = replace(self.buyer, transcript=(*self.lines, replace(own, mine=False)))
        self.prices.setdefault(name, []).append(turn.offer.price)
        offer_id = UUID(int=len(self.lines))
        self.offers[name] = TableOffer(offer_id, UUID(int=index), name, turn.offer, said.round)


CENTS = st.integers(1, 10_000_000).map(lambda cents: Decimal(cents) / 100)
NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12),
    min_size=1,
    max_size=10,
    unique_by=str.casefold,
)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Any room that seller selection lets start, with a least price well below the buyer's limit
    (nine tenths of it at most) for at least one seller."""
    low = draw(st.just(Decimal(0)) | CENTS)
    high = low + draw(CENTS)
    needed = draw(st.integers(1, 1000))
    names = draw(NAMES)
    lucky = draw(st.integers(0, len(names) - 1))
    rounds, seed = draw(st.integers(1, 10)), draw(st.integers(0, 2**53))
    sellers = []
    for index, name in enumerate(names):
        most = high * Decimal("0.9") if index == lucky else high
        least = draw(st.decimals("0.001", most, places=3))
        selling = max(least, low) + draw(CENTS)
        sellers.append(
            replace(
                SELLER,
                seller_name=name,
                quantity_requested=needed,
                least_price=least,
                selling_price=selling,
                cost_price=least / 2,
                stock=needed + draw(st.integers(0, 9)),
                priority=draw(st.sampled_from(Priority)),
                style=draw(st.sampled_from(SpeakingStyle)),
                max_rounds=rounds,
                seed=seed,
            )
        )
    buyer = replace(
        BUYER,
        quantity_needed=needed,
        min_price=low,
        max_price=high,
        max_rounds=rounds,
        seed=seed,
    )
    return Market(buyer, sellers)


@settings(deadline=None)
@given(markets())
async def test_whoever_can_agree_does_and_within_everybodys_limits(market: Market) -> None:
    turn = await market.play()
    buyer = market.buyer
    assert turn.action is BuyerAction.ACCEPT
    deal = {offer.offer_id: offer for offer in market.offers.values()}[turn.offer_id or UUID(int=0)]
    assert buyer.min_price <= deal.terms.price <= buyer.max_price
    assert deal.terms.quantity == buyer.quantity_needed
    assert all(buyer.min_price < bid < buyer.max_price for bid in market.bids)
    assert market.bids == sorted(market.bids)
    assert len(market.bids) == len(market.heard)
    for seller in market.sellers:
        prices = market.prices[seller.seller_name]
        assert all(seller.least_price < price <= seller.selling_price for price in prices)


@settings(deadline=None)
@given(markets())
async def test_the_same_seed_gives_the_same_run(market: Market) -> None:
    again = Market(market.buyer, list(market.sellers))
    assert await market.play() == await again.play()
    assert market.lines == again.lines


@settings(deadline=None)
@given(markets())
async def test_words_agree_with_the_offers_and_come_once(market: Market) -> None:
    await market.play()
    for line in market.lines:
        assert spoken(line.text) == line.text
        assert line.offer is None or stated_bid(line.text) == line.offer.price
    texts = [(line.speaker, line.text) for line in market.lines]
    assert len(texts) == len(set(texts))


async def test_other_seeds_give_other_runs() -> None:
    runs = set()
    for seed in range(20):
        market = Market(replace(BUYER, seed=seed), [replace(SELLER, seed=seed)])
        await market.play()
        runs.add(market.lines)
    assert len(runs) == 20


async def test_everyone_hears_the_first_and_the_last_call_and_some_hear_the_others() -> None:
    heard = []
    for seed in range(20):
        sellers = [
            replace(SELLER, seed=seed, seller_name=name, least_price=Decimal(least))
            for name, least in [("Tech", 990), ("Tech Store", 950), ("Tech, Inc.", 970)]
        ]
        market = Market(replace(BUYER, seed=seed, max_price=Decimal(1001)), sellers)
        await market.play()
        heard.append(market.heard)
    assert all(rounds[0] == () for rounds in heard)
    assert all(rounds[9] == () for rounds in heard if len(rounds) == 10)
    assert any(len(rounds) == 10 for rounds in heard)
    assert {len(named) for rounds in heard for named in rounds} == {0, 1}


def heard(*texts: str, round_: int = 1, offers: tuple[int, ...] = ()) -> SellerView:
    """A seller that heard these texts, and made these offers on the way."""
    lines = [Line(1, "Bea", False, text) for text in texts]
    lines += [Line(1, "TechStore", True, "mine", Terms(Decimal(offer), 5)) for offer in offers]
    return replace(SELLER, round=round_, transcript=tuple(lines))


async def offered(view: SellerView) -> Terms:
    turn = (await OfflineSeller().take_turn(view, ())).turn
    assert turn.offer is not None
    return turn.offer


async def test_a_seller_never_offers_below_a_bid_that_it_could_take() -> None:
    assert (await offered(heard("$1,100 each", round_=10))).price == 1100
    assert (await offered(heard("$5,000 each"))).price == 1200
    assert (await offered(heard("$1,150 each", offers=(1100,)))).price == 1150
    assert 850 < (await offered(heard("$10 each", round_=10))).price < 870


async def test_a_seller_offers_what_it_has() -> None:
    assert (await offered(replace(SELLER, stock=3))).quantity == 3
    assert (await offered(SELLER)).quantity == 5


async def test_a_refused_turn_is_said_in_other_words() -> None:
    first = (await OfflineSeller().take_turn(SELLER, ())).turn
    second = (await OfflineSeller().take_turn(SELLER, (Rejection(first.text, "no"),))).turn
    assert first.offer == second.offer
    assert first.text != second.text


@settings(deadline=None)
@given(st.lists(st.text(max_size=200) | st.from_regex(r"\$?[0-9,.]{1,20}( each| usd)?")))
async def test_whatever_a_person_writes_a_seller_answers_within_its_limits(
    texts: list[str],
) -> None:
    for round_ in (1, 5, 10):
        terms = await offered(heard(*texts, round_=round_))
        assert 850 < terms.price <= 1200


def on_the_table(*prices: int, quantity: int = 5, **changes: object) -> BuyerView:
    offers = tuple(
        TableOffer(UUID(int=n), UUID(int=n), f"S{n}", Terms(Decimal(price), quantity), 1)
        for n, price in enumerate(prices)
    )
    names = tuple(offer.seller_name for offer in offers)
    view = replace(BUYER, sellers=names, offers=offers, round=5, may_decide=True)
    return replace(view, **changes)  # type: ignore[arg-type]


async def decided(view: BuyerView) -> BuyerTurn:
    return (await OfflineBuyer().take_turn(view, ())).turn


async def test_a_buyer_accepts_only_what_is_legal_and_only_when_it_may() -> None:
    assert (await decided(on_the_table(799, 1001))).action is BuyerAction.CONTINUE
    assert (await decided(on_the_table(801))).action is BuyerAction.ACCEPT
    assert (await decided(on_the_table(801, may_decide=False))).action is BuyerAction.CONTINUE
    assert (await decided(on_the_table(801, quantity=6))).action is BuyerAction.CONTINUE
    assert (await decided(on_the_table(999))).action is BuyerAction.CONTINUE


async def test_at_the_deadline_a_buyer_takes_the_best_legal_offer_or_leaves() -> None:
    best = await decided(on_the_table(799, 1001, 1000, must_decide=True, round=10))
    assert (best.action, best.offer_id) == (BuyerAction.ACCEPT, UUID(int=2))
    none = await decided(on_the_table(799, 1001, must_decide=True, round=10))
    assert (none.action, none.offer_id) == (BuyerAction.WALK_AWAY, None)


async def test_a_buyer_never_bids_what_it_could_have_already() -> None:
    view = on_the_table(830, may_decide=False, round=9)
    bid = stated_bid((await decided(view)).text)
    assert bid is not None
    assert 800 < bid < 830


async def test_a_buyer_goes_on_from_what_a_person_bid_for_it() -> None:
    spoke = tuple(Line(1, "Bea", True, text) for text in ("$5,000!", "ok, $900 each", "hello"))
    bid = stated_bid((await decided(replace(BUYER, transcript=spoke, round=3))).text)
    assert bid is not None
    assert 900 <= bid < 1000


async def test_a_buyer_without_a_price_between_its_limits_names_none() -> None:
    narrow = replace(BUYER, max_price=BUYER.min_price + Decimal("0.000001"))
    text = (await decided(narrow)).text
    assert stated_bid(text) is None
    assert "$" not in text


async def test_odd_names_are_never_taken_for_bids_or_mentions() -> None:
    odd = replace(BUYER, item_name="Toy @Bob, $5 each", sellers=("Bob", "$9 Shop"))
    text = (await decided(odd)).text
    assert mentioned(text, odd.sellers) == ()
    bid = stated_bid(text)
    assert bid is not None
    assert math.isclose(bid, 830, rel_tol=0.05)
