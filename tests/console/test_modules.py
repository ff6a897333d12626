"""The page's own reckoning, asked of its modules in the browser; no service is needed for that."""

from typing import Any

import pytest

from tests.console.page import Page

pytestmark = pytest.mark.browser


def pieces(page: Page, text: str, *names: str) -> list[tuple[str, int | None]]:
    found = page.module("mentions.js", "m.pieces(a[0], a[1])", text, list(names))
    return [(piece["text"], piece["who"]) for piece in found]


def test_mentions_are_found_as_the_service_finds_them(calm: Page) -> None:
    names = ("Tech", "TechStore", "Maple & Sons")

    assert pieces(calm, "hello", *names) == [("hello", None)]
    assert pieces(calm, "@TechStore can you", *names) == [("@TechStore", 1), (" can you", None)]
    assert pieces(calm, "so, @tech store?", *names) == [
        ("so, ", None),
        ("@tech store", 1),
        ("?", None),
    ]
    assert pieces(calm, "@maplesons!", *names) == [("@maplesons", 2), ("!", None)]
    assert pieces(calm, "@Technology", *names) == [("@Technology", None)]
    assert pieces(calm, "@.*", ".*", "((((") == [("@.*", None)]


@pytest.mark.parametrize(
    ("amount", "read"),
    [(950, "$950"), (2.5, "$2.50"), (0.125, "$0.125"), (1234567.891, "$1,234,567.89"), (0, "$0")],
)
def test_money_is_written_as_people_write_it(calm: Page, amount: float, read: str) -> None:
    assert calm.module("format.js", "m.money(a[0])", amount) == read


@pytest.mark.parametrize(("seconds", "read"), [(7.9, "0:07"), (61, "1:01"), (3729, "1:02:09")])
def test_time_is_written_as_a_clock_does(calm: Page, seconds: float, read: str) -> None:
    assert calm.module("format.js", "m.clock(a[0])", seconds) == read


@pytest.mark.parametrize(
    ("name", "letters"),
    [("TechStore", "TS"), ("Maple & Sons", "MS"), ("bo", "BO"), ("X", "X"), ("!!!", "?")],
)
def test_initials_come_from_the_first_two_words(calm: Page, name: str, letters: str) -> None:
    assert calm.module("format.js", "m.initials(a[0])", name) == letters


ROOM: dict[str, Any] = {
    "room_id": "r",
    "item_name": "Lamp",
    "quantity_needed": 5,
    "buyer_constraints": {"min_price_per_unit": 60, "max_price_per_unit": 110},
    "participating_sellers": [
        {"seller_id": s, "seller_name": s.upper(), "initial_price": 120} for s in "abc"
    ],
    "status": "active",
    "reason": None,
    "current_round": 0,
    "max_rounds": 10,
    "final_deal": None,
}
AT = "2026-01-31T12:00:00.000000Z"


def event(kind: str, **fields: Any) -> list[Any]:
    return [kind, {"type": kind, "timestamp": AT, **fields}]


def offers(**prices: float) -> list[list[Any]]:
    return [
        event("offer", seller_id=s, price_per_unit=price, quantity=5) for s, price in prices.items()
    ]


def told(page: Page, events: list[list[Any]], ask: str) -> Any:
    """What a room answers that heard `events`, numbered from 1."""
    play = (
        "((room) => { a[1].forEach(([type, data], i) => room.apply(type, data, i + 1));"
        f"return {ask}; }})(new m.Negotiation(a[0]))"
    )
    return page.module("negotiation.js", play, ROOM, events)


def test_the_best_offer_is_the_cheapest_within_the_limits(calm: Page) -> None:
    heard = offers(a=100, b=55, c=115)

    assert told(calm, heard, "room.best().seller") == "a"
    assert told(calm, heard, "room.ranking().map((offer) => offer.seller)") == ["a", "b", "c"]
    assert told(calm, offers(a=111, b=59), "room.best()") is None
    assert told(calm, offers(a=110, b=60), "room.best().seller") == "b"


def test_an_event_heard_twice_counts_once(calm: Page) -> None:
    heard = [event("round_start", round_number=1, max_rounds=10), *offers(a=100)]
    again = "[room.apply('round_start', a[1][0][1], 1), room.lines.length]"

    assert told(calm, heard, again) == [False, 1]


def test_an_unknown_event_changes_nothing(calm: Page) -> None:
    assert told(calm, [event("surplus", amount=3)], "room.lines.length") == 0


def test_whoever_was_named_is_waited_for(calm: Page) -> None:
    def asked(*names: str) -> Any:
        said = event(
            "buyer_message", sender_name="B", message="hm", mentioned_sellers=list(names), round=1
        )
        return told(calm, [said], "[...room.waiting].join('')")

    assert asked("b") == "b"
    assert asked() == "abc"


def test_a_new_run_puts_the_last_one_away(calm: Page) -> None:
    ended = event(
        "negotiation_complete",
        outcome="no_deal",
        rounds_completed=1,
        duration_seconds=2.0,
        selected_seller_id=None,
        selected_seller_name=None,
        final_offer=None,
        reason="time",
    )
    first = [event("round_start", round_number=1, max_rounds=10), *offers(a=100), ended]
    second = [*first, event("round_start", round_number=1, max_rounds=10)]

    assert told(calm, first, "[room.status, room.outcome.deal, room.lines.length]") == [
        "completed",
        False,
        2,
    ]
    assert told(
        calm, second, "[room.status, room.outcome, room.lines.length, room.offers.size]"
    ) == [
        "active",
        None,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("fragment", "place"),
    [
        ("", {"page": "market"}),
        ("#/elsewhere", {"page": "market"}),
        ("#/s/1", {"page": "room", "session": "1", "room": None}),
        ("#/s/1/r/2", {"page": "room", "session": "1", "room": "2"}),
        ("#/s/1/summary", {"page": "summary", "session": "1"}),
        ("#/s/%E0%A4%A/r/a%2Fb", {"page": "room", "session": "%E0%A4%A", "room": "a/b"}),
    ],
)
def test_the_address_says_where_the_reader_is(calm: Page, fragment: str, place: Any) -> None:
    assert calm.module("route.js", "m.parse(a[0])", fragment) == place
