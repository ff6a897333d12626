"""The words of agents without a model."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import product
from string import Formatter

import pytest

from app.negotiation.agents.bids import stated_bid
from app.negotiation.agents.buying import BuyerIntent
from app.negotiation.agents.phrasebook import seller_words
from app.negotiation.agents.phrasebook.book import compose, load
from app.negotiation.agents.seat import (
    Line,
    Priority,
    SellerView,
    SpeakingStyle,
    Terms,
)
from app.negotiation.agents.selling import SellerIntent, SellerMove

SELLERS = load("sellers.toml")
BUYER = load("buyer.toml")
VIEW = SellerView(
    seller_name="TechStore",
    buyer_name="Bea",
    item_name="Laptop",
    quantity_requested=5,
    cost_price=Decimal(700),
    least_price=Decimal(850),
    selling_price=Decimal(1200),
    stock=8,
    priority=Priority.MAXIMIZE_PROFIT,
    style=SpeakingStyle.NEUTRAL,
    round=1,
    max_rounds=10,
    transcript=(),
    seed=7,
)


def fields(phrase: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(phrase) if name)


def test_every_style_has_words_for_every_intent() -> None:
    for style, intent in product(SpeakingStyle, SellerIntent):
        openings = ["first"] if intent is SellerIntent.OPEN else ["answer", "silence"]
        if intent is SellerIntent.MEET:
            openings = ["answer"]
        for part in [*openings, "price", "last"]:
            assert len(SELLERS[style.value, intent.value, part]) >= 3
    for aim in BuyerIntent:
        reason = aim in {BuyerIntent.ACCEPT, BuyerIntent.WALK_AWAY}
        for part in ["reason"] if reason else ["first", "bid", "ask", "last"]:
            assert len(BUYER["buyer", aim.value, part]) >= 2


@pytest.mark.parametrize(("where", "phrases"), SELLERS.items())
def test_a_sellers_price_stands_in_the_price_line_and_nowhere_else(
    where: tuple[str, str, str], phrases: tuple[str, ...]
) -> None:
    expected = {"price": 1, "units": 1} if where[2] == "price" else {}
    for phrase in phrases:
        used = fields(phrase)
        assert {name: used[name] for name in used if name != "item"} == expected, phrase
        assert "$" not in phrase


@pytest.mark.parametrize(("where", "phrases"), BUYER.items())
def test_a_buyers_bid_is_marked_as_a_price_per_unit(
    where: tuple[str, str, str], phrases: tuple[str, ...]
) -> None:
    for phrase in phrases:
        assert fields(phrase)["bid"] == (where[2] == "bid"), phrase
        if where[2] == "bid":
            assert stated_bid(phrase.format(bid="$920.00")) == 920, phrase


def test_no_phrase_is_there_twice() -> None:
    for book in (SELLERS, BUYER):
        for phrases in book.values():
            assert len(set(phrases)) == len(phrases)


def test_a_hundred_turns_in_one_mood_are_a_hundred_texts() -> None:
    move = SellerMove(Terms(Decimal("950.50"), 1), SellerIntent.HOLD, Decimal(900))
    view = VIEW
    for _ in range(100):
        text = seller_words(view, move)
        assert stated_bid(text) == Decimal("950.50")
        assert "1 unit" in text
        assert "1 units" not in text
        view = replace(view, transcript=(*view.transcript, Line(1, "TechStore", True, text)))
    assert len({line.text for line in view.transcript}) == 100


def test_styles_and_seeds_and_attempts_change_the_words() -> None:
    move = SellerMove(Terms(Decimal(950), 5), SellerIntent.OPEN, None)
    texts = {seller_words(replace(VIEW, style=style), move) for style in SpeakingStyle}
    assert len(texts) == 3
    assert len({seller_words(replace(VIEW, seed=seed), move) for seed in range(30)}) > 20
    assert seller_words(VIEW, move) != seller_words(VIEW, move, attempt=1)


def test_a_name_with_braces_is_only_a_name() -> None:
    text = compose(
        (("About {item}.",),), key=(1,), turn=0, said=(), values={"item": "{price} {0.x}"}
    )
    assert text == "About {price} {0.x}."
