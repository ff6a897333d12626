"""Which numbers of a text are supported."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.verification import Known, unsupported
from app.analysis.verification.numbers import numbers_in


def decimals(*values: str | int) -> frozenset[Decimal]:
    return frozenset(Decimal(value) for value in values)


KNOWN = Known(
    dollars=decimals("950.40", 900, "1234.5", 0),
    shares=decimals("0.4567"),
    others=decimals(5, "0.85"),
    rounds=decimals(1, 2, 3),
    events=decimals(*range(1, 30)),
    names=("iPhone 15", "Store 24"),
)


@pytest.mark.parametrize(
    "text",
    [
        "$950.40, about $950, USD 950.4 or 950 dollars",
        "$1,234.50 is $1.2k",
        "45.67% is 45.7%, some 46 percent",
        "5 units, five units, 0.85",
        "Round 3, the 3rd round, rounds 1–3, a 5-round limit",
        "Event 12 and event #29",
        "store 24 sold an iPHONE 15 for $900",
        "Two sides, one deal, nothing for $0",
        "An S1 at B2B2C prices",
        "",
    ],
)
def test_what_is_so(text: str) -> None:
    assert unsupported(text, KNOWN) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("$951", ["$951"]),
        ("$950.41 or $950.4", ["$950.41"]),
        ("47%", ["47%"]),
        ("900%", ["900%"]),
        ("$5 for $3", ["$5", "$3"]),
        ("3 USD", ["3 USD"]),
        ("round 4", ["round 4"]),
        ("the 4th round", ["4th round"]),
        ("event 30", ["event 30"]),
        ("nine sellers", ["nine"]),
        ("850–900", ["850"]),
        ("iPhone 16", ["16"]),
        ("$9,5", ["$9"]),
        ("７", ["７"]),
    ],
)
def test_what_isnt(text: str, wrong: list[str]) -> None:
    assert set(wrong) <= set(unsupported(text, KNOWN))


def test_what_a_cited_event_says_may_be_repeated() -> None:
    assert unsupported("It offered 730.", KNOWN) == ["730"]
    assert unsupported("It offered 730.", KNOWN, numbers_in("I can pay $730!")) == []


@given(st.decimals(min_value=0, max_value=10**7, places=6), st.integers(0, 6))
def test_a_true_amount_may_be_rounded_to_any_digit(amount: Decimal, digits: int) -> None:
    known = Known(dollars=frozenset({amount}))
    assert unsupported(f"It paid ${amount:,.{digits}f}.", known) == []


@given(
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.decimals(min_value="0.01", max_value=10**6, places=2),
)
def test_another_amount_is_found_out(amount: Decimal, off: Decimal) -> None:
    known = Known(dollars=frozenset({amount}))
    assert unsupported(f"It paid ${amount + off:.2f}.", known)


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    found = unsupported(text, KNOWN)
    assert len(found) <= len(list(numbers_in(KNOWN.without_names(text))))
