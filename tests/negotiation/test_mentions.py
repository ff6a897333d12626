"""Whom a text names."""

import string
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.negotiation.mentions import mentioned

SHOPS = ("Tech Store", "TechStore Plus", "Café Noir", "東京商店", "🍎", "!!!", "Acme, Inc.")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Tech Store, your price?", ["Tech Store"]),
        ("@techstore", ["Tech Store"]),
        ("@Tech-Store can you do better?", ["Tech Store"]),
        ("@TECHSTORE's price is high", ["Tech Store"]),
        ('**@"Tech Store"** and _@techstore_', ["Tech Store"]),
        ("＠ＴｅｃｈＳｔｏｒｅ", ["Tech Store"]),
        ("@TechStore Plus?", ["TechStore Plus"]),
        ("@tech store plus it is", ["TechStore Plus"]),
        ("@TechStore, Plus I want a gift", ["Tech Store"]),
        ("@Tech Store and @tech-store-plus", ["Tech Store", "TechStore Plus"]),
        ("@TechStore@TechStorePlus", ["Tech Store"]),
        ("@cafe\N{COMBINING ACUTE ACCENT} noir!", ["Café Noir"]),
        ("@CAFÉNOIR", ["Café Noir"]),
        ("我想@東京商店さん", ["東京商店"]),
        ("@🍎 and @🍎", ["🍎"]),
        ("@!!! please", ["!!!"]),
        ("@acme inc and you", ["Acme, Inc."]),
        ("@Acme, Inc. and you", ["Acme, Inc."]),
    ],
)
def test_names_whom_the_text_addresses(text: str, names: list[str]) -> None:
    assert [SHOPS[index] for index in mentioned(text, SHOPS)] == names


@pytest.mark.parametrize(
    "text",
    [
        "Tech Store, your price?",
        "@TechStores",
        "@TechStore2",
        "@TechStore_2",
        "@Tech\nStore it safely",
        "@ Tech Store",
        "write to sales@techstore.com",
        "@cafe noir",
        "@東京",
        "@",
        "",
    ],
)
def test_names_nobody(text: str) -> None:
    assert mentioned(text, SHOPS) == ()


def test_the_capital_within_a_name_may_be_a_space() -> None:
    assert mentioned("@Tech Store", ["TechStore"]) == (0,)
    assert mentioned("@tech store", ["TechStore2"]) == ()
    assert mentioned("@A I think so", ["A", "AI"]) == (0,)


def test_names_that_differ_in_punctuation_go_by_their_literal_spelling() -> None:
    names = ("Tech Store", "Tech-Store", "Tech!")
    assert mentioned("@Tech-Store", names) == (1,)
    assert mentioned("@tech store", names) == (0,)
    assert mentioned("@techstore", names) == (0, 1)
    assert mentioned("@tech", names) == (2,)
    assert mentioned("@Tech and @Tech!", ("Tech", "Tech!")) == (0, 1)


def test_nobody_is_known() -> None:
    assert mentioned("@TechStore", []) == ()
    assert mentioned("@TechStore @", ["", "  "]) == ()


WORDS = st.text("abcdefgXYZ0123éß東", min_size=1, max_size=8)
SEPARATORS = st.sampled_from([" ", "-", ".", "'", " & ", "_", ", "])


@st.composite
def shop_names(draw: st.DrawFn) -> str:
    words = draw(st.lists(WORDS, min_size=1, max_size=4))
    return words[0] + "".join(draw(SEPARATORS) + word for word in words[1:])


@given(shop_names(), st.sampled_from(["", " ", ", ", ": what", "! "]), st.randoms())
def test_any_spelling_of_a_name_names_it(name: str, after: str, random: object) -> None:
    spellings = {
        name,
        name.upper(),
        name.casefold(),
        "".join(ch for ch in name if ch.isalnum()),
        "".join(ch if ch.isalnum() else "-" for ch in name),
    }
    for spelling in spellings:
        assert mentioned(f"Hello @{spelling}{after}", [name]) == (0,), spelling


@given(st.lists(shop_names(), min_size=1, max_size=10, unique_by=str.casefold))
def test_a_literal_mention_names_exactly_that_one(names: list[str]) -> None:
    for index, name in enumerate(names):
        assert index in mentioned(f"@{name}", names)
        assert {names[other].casefold() for other in mentioned(f"@{name}", names)} == {
            name.casefold()
        }


@given(shop_names(), st.text(string.ascii_letters + string.digits, min_size=1, max_size=5))
def test_a_word_that_goes_on_is_another_word(name: str, more: str) -> None:
    assume(name[-1] != "東")
    assert mentioned(f"@{name}{more}", [name]) == ()


@given(st.text(), st.lists(st.text(max_size=50), max_size=10))
def test_any_text_and_any_names_give_indices_in_order(text: str, names: list[str]) -> None:
    found = mentioned(f"{text}@{''.join(names)} @{text}", names)
    assert list(found) == sorted(set(found))
    assert all(0 <= index < len(names) for index in found)


@given(st.lists(st.sampled_from(SHOPS), max_size=6))
def test_the_order_of_the_text_does_not_matter(named: list[str]) -> None:
    results = {
        mentioned("; ".join(f"@{name}" for name in order), SHOPS)
        for order in list(permutations(named))[:6]
    }
    assert results == {tuple(sorted({SHOPS.index(name) for name in named}))}


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    [
        "@" * 10_000,
        "@tech" * 10_000,
        "@tech " * 10_000,
        "@" + "a " * 50_000,
        "@" + "_" * 100_000,
        "@" + "\N{COMBINING ACUTE ACCENT}\N{COMBINING GRAVE ACCENT BELOW}" * 50_000,
    ],
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    names = (*SHOPS, "-" * 48 + "z", "a" + "-" * 48 + "b", "a " * 24 + "b")
    assert mentioned(text, names) == ()
