"""Contract §3.2 and §5: what a marketplace looks like, and who may serve what."""

from typing import Any
from uuid import UUID

import pytest

from tests.functional.client import Market, moment
from tests.functional.conftest import RunMarket
from tests.functional.marketplaces import item, marketplace, seller, stock, three_sellers

ROOM_FIELDS = {
    "room_id",
    "item_id",
    "item_name",
    "quantity_needed",
    "buyer_constraints",
    "participating_sellers",
    "status",
    "reason",
    "current_round",
    "max_rounds",
    "final_deal",
}


async def test_every_field_of_the_answer(market: Market) -> None:
    made = await market.initialize(marketplace())

    assert set(made) == {
        "session_id",
        "created_at",
        "buyer_id",
        "seller_ids",
        "negotiation_rooms",
        "total_rooms",
        "skipped_items",
    }
    moment(made["created_at"])
    ids = [made["session_id"], made["buyer_id"], *made["seller_ids"]]
    assert len({UUID(text) for text in ids}) == 5
    assert (made["total_rooms"], made["skipped_items"]) == (1, [])


async def test_every_field_of_a_room(market: Market) -> None:
    made = await market.initialize(marketplace())

    room = made["negotiation_rooms"][0]
    assert set(room) >= ROOM_FIELDS
    assert (room["item_id"], room["item_name"], room["quantity_needed"]) == (
        "want-Laptop",
        "Laptop",
        2,
    )
    assert room["buyer_constraints"] == {
        "min_price_per_unit": 700,
        "max_price_per_unit": 1100,
        "quantity_needed": 2,
    }
    assert (room["status"], room["reason"], room["final_deal"]) == ("pending", None, None)
    assert (room["current_round"], room["max_rounds"]) == (0, 10)
    assert [
        (one["seller_id"], one["seller_name"], one["initial_price"], one["current_offer"])
        for one in room["participating_sellers"]
    ] == [
        (made["seller_ids"][0], "TechStore", 1050, None),
        (made["seller_ids"][1], "Gadget Hub", 1150, None),
        (made["seller_ids"][2], "Bargain Barn", 990, None),
    ]


async def test_no_secret_of_a_seller_is_told(market: Market) -> None:
    made = await market.initialize(marketplace())

    told = set(made["negotiation_rooms"][0]["participating_sellers"][0])
    assert told == {"seller_id", "seller_name", "initial_price", "current_offer", "voice_id"}


async def test_names_and_ids_are_trimmed(market: Market) -> None:
    body = marketplace([item("  Laptop  ")], [seller("  TechStore ", stock(" Laptop"))])
    body["buyer"]["name"] = " Alice  "

    made = await market.initialize(body)

    room = made["negotiation_rooms"][0]
    assert room["item_name"] == "Laptop"
    assert room["participating_sellers"][0]["seller_name"] == "TechStore"
    assert (await market.session(made["session_id"]))["buyer_name"] == "Alice"


@pytest.mark.parametrize(
    ("wanted", "had"),
    [("Laptop", "laptop"), ("Laptop ", " LAPTOP"), ("Maß", "MASS"), ("ﬁle", "FILE")],
)
async def test_items_match_by_name_whatever_their_ids(
    market: Market, wanted: str, had: str
) -> None:
    body = marketplace([item(wanted, item_id="a")], [seller("A", stock(had, item_id="b"))])

    assert (await market.initialize(body))["total_rooms"] == 1


async def test_items_of_one_id_and_two_names_do_not_match(market: Market) -> None:
    body = marketplace(
        [item("Laptop", item_id="same")], [seller("A", stock("Desk", item_id="same"))]
    )

    assert (await market.initialize(body))["skipped_items"] == ["Laptop"]


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (stock("Desk"), "no_inventory"),
        (stock(quantity=1), "insufficient_quantity"),
        (stock(least=1101, selling=1200), "price_mismatch"),
        (stock(cost=600, least=650, selling=699), "price_mismatch"),
        (stock(quantity=1, least=1101, selling=1200), "insufficient_quantity"),
    ],
)
async def test_a_room_that_nobody_can_serve(
    market: Market, offered: dict[str, Any], reason: str
) -> None:
    made = await market.initialize(marketplace(sellers=[seller("A", offered)]))

    room = made["negotiation_rooms"][0]
    assert set(room) >= ROOM_FIELDS
    assert room["status"] == "no_sellers_available"
    assert room["participating_sellers"] == []
    assert room["reason"] == reason
    assert (made["total_rooms"], made["skipped_items"]) == (0, ["Laptop"])


@pytest.mark.parametrize(
    "offered",
    [
        stock(quantity=2),
        stock(least=1100, selling=1200),
        stock(cost=600, least=650, selling=700),
    ],
)
async def test_the_limits_themselves_still_serve(market: Market, offered: dict[str, Any]) -> None:
    made = await market.initialize(marketplace(sellers=[seller("A", offered)]))

    assert made["total_rooms"] == 1


async def test_different_reasons_are_told_by_seller(market: Market) -> None:
    sellers = [seller("A", stock("Desk")), seller("B", stock(quantity=1))]

    room = (await market.initialize(marketplace(sellers=sellers)))["negotiation_rooms"][0]

    assert room["reason"] == "A: no_inventory, B: insufficient_quantity"


async def test_only_startable_rooms_are_counted(market: Market) -> None:
    items = [item("Laptop"), item("Moon"), item("Mouse", low=5, high=20)]
    sellers = [
        seller("A", stock("Laptop"), stock("Mouse", cost=1, least=6, selling=15)),
        seller("B"),
    ]

    made = await market.initialize(marketplace(items, sellers))

    rooms = made["negotiation_rooms"]
    assert [room["item_name"] for room in rooms] == ["Laptop", "Moon", "Mouse"]
    assert [room["status"] for room in rooms] == ["pending", "no_sellers_available", "pending"]
    assert [len(room["participating_sellers"]) for room in rooms] == [2, 0, 1]
    assert (made["total_rooms"], made["skipped_items"]) == (2, ["Moon"])


async def test_money_is_told_as_it_was_given(market: Market) -> None:
    body = marketplace(
        [item(low=0.1, high=0.3)],
        [seller("A", stock(cost=0, least=0.123456, selling=0.299999))],
    )

    room = (await market.initialize(body))["negotiation_rooms"][0]

    assert room["buyer_constraints"]["min_price_per_unit"] == 0.1
    assert room["participating_sellers"][0]["initial_price"] == 0.299999


async def test_ten_sellers_and_ten_items(market: Market) -> None:
    items = [item(f"Item {number}") for number in range(10)]
    stocks = [stock(f"item {number}") for number in range(10)]
    sellers = [seller(f"Seller {number}", *stocks) for number in range(10)]

    made = await market.initialize(marketplace(items, sellers))

    assert made["total_rooms"] == 10
    assert len(made["seller_ids"]) == 10


async def test_round_limits_are_settings_and_can_be_set_per_session(run_market: RunMarket) -> None:
    async with run_market(MAX_ROUNDS="4", MIN_ROUNDS="1") as market:
        usual = await market.initialize(marketplace())
        own = await market.initialize(marketplace(max_rounds=6))

    assert usual["negotiation_rooms"][0]["max_rounds"] == 4
    assert own["negotiation_rooms"][0]["max_rounds"] == 6


async def test_with_no_provider_the_default_is_offline(market: Market) -> None:
    made = await market.initialize(marketplace(llm_config={"model": "whatever"}))

    session = await market.session(made["session_id"])
    assert (session["llm_model"], session["llm_provider"]) == ("whatever", "offline")


async def test_the_same_seed_gives_the_same_run(market: Market) -> None:
    said = []
    for seed in (7, 7, 8):
        made = await market.initialize(marketplace(sellers=three_sellers(), seed=seed))
        events = await market.play(made["negotiation_rooms"][0]["room_id"])
        said.append([event.data["message"] for event in events if "content" in event.data])

    assert said[0] == said[1]
    assert said[0] != said[2]
