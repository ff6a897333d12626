"""The price that a buyer's words bid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.money import plain
from app.negotiation.agents.bids import stated_bid


@pytest.mark.parametrize(
    ("text", "bid"),
    [
        ("$920.00 each", "920"),
        ("I could do $1,234.50.", "1234.50"),
        ("US$920 or nothing", "920"),
        ("920 dollars, 920 USD? fine: usd 930", "930"),
        ("0.125 USD per unit", "0.125"),
        ("1.234,50 $", "1234.50"),
        ("$1.2k", "1200"),
        ("how about 920?", "920"),
        ("920 each", "920"),
        ("I pay 920 apiece for 5 units", "920"),
        ("Your $950 is too much. I can do $900", "900"),
        ("You asked for $950, I bid $900.", "900"),
        ("I bid $900, not your $950", "900"),
        ("$900 each, that is $4,500 in total", "900"),
        ("A total of $4,500, so $900/unit", "900"),
        ("between $880 and $900", "900"),
    ],
)
def test_reads_what_people_write(text: str, bid: str) -> None:
    assert stated_bid(text) == Decimal(bid)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, what is your price?",
        "I need 5 units of model X920",
        "do 5 units, at 5% off, for 3 days",
        "your $950 is too much",
        "$4,500 in total",
        "$0",
        "$99999999999999999",
        "12.3.4 dollars",
        "€900",
        "٣٤ dollars",
    ],
)
def test_reads_no_bid_into_other_words(text: str) -> None:
    assert stated_bid(text) is None


@given(st.decimals("0.000001", 999_999_999, places=6))
def test_reads_every_price_as_it_is_printed(price: Decimal) -> None:
    assert stated_bid(f"My bid is ${plain(price)} each.") == price
    assert stated_bid(f"for ${price:,f}") == price


@given(st.text() | st.text("$0123456789.,k usdEach/-%"))
def test_any_text_gives_a_positive_price_or_none(text: str) -> None:
    bid = stated_bid(text)
    assert bid is None or 0 < bid < 10**16


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    ["$" * 100_000, "9" * 100_000, "1,111" * 20_000, "1 " * 50_000, "do " * 30_000, " " * 100_000],
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    assert stated_bid(text) is None
