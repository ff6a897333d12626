"""Contract §3.1: every field and limit of `initialize`, and how what is wrong is told."""

import copy
import json
from typing import Any

import httpx
import pytest

from tests.functional.client import Market, answer, fields_of, refused
from tests.functional.marketplaces import item, marketplace, seller, stock

Path = tuple[str | int, ...]

ITEM: Path = ("buyer", "shopping_list", 0)
SELLER: Path = ("sellers", 0)
STOCK: Path = (*SELLER, "inventory", 0)
PROFILE: Path = (*SELLER, "profile")
CONFIG: Path = ("llm_config",)

MISSING = object()


def base() -> dict[str, Any]:
    return marketplace([item()], [seller("TechStore", stock()), seller("Other", stock())])


def with_value(path: Path, value: object) -> dict[str, Any]:
    body = copy.deepcopy(base())
    spot: Any = body
    for step in path[:-1]:
        spot = spot[step]
    if value is MISSING:
        del spot[path[-1]]
    else:
        spot[path[-1]] = value
    return body


async def initialize(market: Market, body: object) -> httpx.Response:
    """Sends what a lax JSON writer would, NaN and lone surrogates included."""
    content = json.dumps(body, allow_nan=True).encode()
    return await market.http.post("/api/v1/simulation/initialize", content=content)


REQUIRED: list[Path] = [
    ("buyer",),
    ("sellers",),
    ("llm_config",),
    ("buyer", "name"),
    ("buyer", "shopping_list"),
    *((*ITEM, name) for name in item()),
    (*SELLER, "name"),
    (*SELLER, "profile"),
    (*SELLER, "inventory"),
    (*PROFILE, "priority"),
    (*PROFILE, "speaking_style"),
    *((*STOCK, name) for name in stock()),
    (*CONFIG, "model"),
]


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("value", [MISSING, None], ids=["missing", "null"])
async def test_a_required_field(market: Market, path: Path, value: object) -> None:
    error = refused(await initialize(market, with_value(path, value)), 400, "VALIDATION_ERROR")

    assert fields_of(error) == {".".join(map(str, path))}
    assert error["details"][0]["field"] in error["message"]


BLANK_NAMES: list[Path] = [
    ("buyer", "name"),
    (*ITEM, "item_id"),
    (*ITEM, "item_name"),
    (*SELLER, "name"),
    (*STOCK, "item_id"),
    (*STOCK, "item_name"),
    (*CONFIG, "model"),
]
MONEY: list[Path] = [
    (*ITEM, "min_price_per_unit"),
    (*ITEM, "max_price_per_unit"),
    (*STOCK, "cost_price"),
    (*STOCK, "least_price"),
    (*STOCK, "selling_price"),
]
COUNTS: list[Path] = [
    (*ITEM, "quantity_needed"),
    (*STOCK, "quantity_available"),
    (*CONFIG, "max_tokens"),
]

NO_NAME: list[object] = ["", "   ", 7, True, ["x"], {"a": 1}]
NO_AMOUNT: list[object] = [-0.01, "12", True, [], "", 1e18]
NO_COUNT: list[object] = [0, -1, 1.5, "3", True, 10**30]

WRONG: list[tuple[Path, object]] = [
    *((path, value) for path in BLANK_NAMES for value in NO_NAME),
    (("buyer", "name"), "x" * 51),
    ((*ITEM, "item_id"), "x" * 51),
    ((*ITEM, "item_name"), "x" * 101),
    ((*SELLER, "name"), "x" * 51),
    ((*STOCK, "item_id"), "x" * 51),
    ((*STOCK, "item_name"), "x" * 101),
    *((path, value) for path in MONEY for value in NO_AMOUNT),
    *((path, value) for path in COUNTS for value in NO_COUNT),
    (("buyer", "shopping_list"), []),
    (("buyer", "shopping_list"), [item(f"Item {number}") for number in range(11)]),
    (("buyer", "shopping_list"), {}),
    (("sellers",), []),
    (("sellers",), {}),
    ((*SELLER, "inventory"), []),
    ((*PROFILE, "priority"), "greedy"),
    ((*PROFILE, "priority"), "MAXIMIZE_PROFIT"),
    ((*PROFILE, "speaking_style"), "shouting"),
    *(((*CONFIG, "temperature"), value) for value in (-0.1, 1.1, "0.5", True, None)),
    (("buyer",), "Alice"),
    ((*SELLER, "profile"), []),
    (("llm_config",), "offline"),
]


@pytest.mark.parametrize(
    ("path", "value"), WRONG, ids=lambda part: repr(part)[:40] if not isinstance(part, tuple) else
    ".".join(map(str, part)),
)  # fmt: skip
async def test_a_wrong_value(market: Market, path: Path, value: object) -> None:
    error = refused(await initialize(market, with_value(path, value)), 400, "VALIDATION_ERROR")

    assert fields_of(error) == {".".join(map(str, path))}


@pytest.mark.parametrize("path", [*MONEY, *COUNTS, (*CONFIG, "temperature")])
@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
async def test_a_number_that_is_none(market: Market, path: Path, literal: str) -> None:
    content = json.dumps(with_value(path, "@@")).replace('"@@"', literal).encode()
    response = await market.http.post("/api/v1/simulation/initialize", content=content)

    refused(response, 400, "VALIDATION_ERROR")


@pytest.mark.parametrize("path", BLANK_NAMES)
async def test_a_nul_character(market: Market, path: Path) -> None:
    error = refused(await initialize(market, with_value(path, "a\0b")), 400, "VALIDATION_ERROR")

    assert fields_of(error) == {".".join(map(str, path))}


@pytest.mark.parametrize("path", BLANK_NAMES)
async def test_a_lone_surrogate(market: Market, path: Path) -> None:
    response = await initialize(market, with_value(path, "a\ud800b"))

    refused(response, 400, "VALIDATION_ERROR")


@pytest.mark.parametrize("depth", [40, 5_000, 200_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
async def test_nesting_too_deep(market: Market, depth: int, opening: str, closing: str) -> None:
    content = ('{"buyer": ' + opening * depth + "1" + closing * depth + "}").encode()[:1_000_000]
    response = await market.http.post("/api/v1/simulation/initialize", content=content)

    refused(response, 400, "VALIDATION_ERROR")


async def test_every_bad_field_is_listed(market: Market) -> None:
    body = base()
    body["buyer"]["name"] = " "
    body["buyer"]["shopping_list"][0]["quantity_needed"] = 0
    body["sellers"][1]["inventory"][0]["cost_price"] = "cheap"
    body["llm_config"]["max_tokens"] = 0

    error = refused(await initialize(market, body), 400, "VALIDATION_ERROR")

    assert fields_of(error) == {
        "buyer.name",
        "buyer.shopping_list.0.quantity_needed",
        "sellers.1.inventory.0.cost_price",
        "llm_config.max_tokens",
    }


@pytest.mark.parametrize(
    ("prices", "field", "issue"),
    [
        ({"cost_price": 780}, "least_price", "cost_price (780.00), got 780.00; for example 880"),
        ({"least_price": 1050}, "selling_price", "least_price (1050.00), got 1050.00"),
        ({"cost_price": 1000, "least_price": 900}, "least_price", "cost_price (1000.00), got 900"),
        ({"selling_price": 10}, "selling_price", "least_price (780.00), got 10.00; for example"),
    ],
)
async def test_a_sellers_prices_rise(
    market: Market, prices: dict[str, float], field: str, issue: str
) -> None:
    body = base()
    body["sellers"][0]["inventory"][0] |= prices

    error = refused(await initialize(market, body), 400, "VALIDATION_ERROR")

    assert fields_of(error) == {f"sellers.0.inventory.0.{field}"}
    assert f"should be greater than {issue}" in error["message"]


@pytest.mark.parametrize(
    ("low", "high", "example"),
    [(100, 100, "200"), (100, 99.99, "200"), (999_999_999, 1, "1000000000"), (10**9, 1, None)],
)
async def test_the_buyers_maximum_is_above_its_minimum(
    market: Market, low: float, high: float, example: str | None
) -> None:
    body = marketplace([item(low=low, high=high)])

    error = refused(await initialize(market, body), 400, "VALIDATION_ERROR")

    assert fields_of(error) == {"buyer.shopping_list.0.max_price_per_unit"}
    assert error["message"].partition("; for example ")[2] == (f"{example}.0" if example else "")


@pytest.mark.parametrize(
    ("one", "other"),
    [("TechStore", "TechStore"), ("TechStore", " techstore "), ("Straße", "STRASSE")],
)
async def test_seller_names_are_unique_after_trimming_and_folding(
    market: Market, one: str, other: str
) -> None:
    body = marketplace(sellers=[seller("First"), seller(one), seller(other)])

    error = refused(await initialize(market, body), 400, "VALIDATION_ERROR")

    assert fields_of(error) == {"sellers.2.name"}
    told = f"should differ from sellers.1.name, got {other.strip()!r}; for example"
    assert told in error["message"]


async def test_item_ids_are_unique_within_a_seller(market: Market) -> None:
    stocks = [stock(name, item_id=name) for name in ("x", "x 2", " x ")]

    error = refused(
        await initialize(market, marketplace(sellers=[seller("A", *stocks)])),
        400,
        "VALIDATION_ERROR",
    )

    assert fields_of(error) == {"sellers.0.inventory.2.item_id"}
    assert error["message"].endswith("inventory.0.item_id, got 'x'; for example \"x 3\"")


async def test_the_rounds_are_in_order(market: Market) -> None:
    body = base() | {"min_rounds": 7, "max_rounds": 5}

    error = refused(await initialize(market, body), 400, "VALIDATION_ERROR")

    assert error["message"] == "min_rounds should be at most max_rounds (5), got 7; for example 5"


async def test_two_sellers_may_use_the_same_item_id(market: Market) -> None:
    body = marketplace(sellers=[seller("A", stock(item_id="x")), seller("B", stock(item_id="x"))])

    assert answer(await initialize(market, body))["total_rooms"] == 1


@pytest.mark.parametrize("count", [11, 12, 1001])
async def test_more_than_ten_sellers(market: Market, count: int) -> None:
    body = marketplace(sellers=[seller(f"Seller {number}") for number in range(count)])

    error = refused(await initialize(market, body), 400, "MAX_SELLERS_EXCEEDED")

    assert fields_of(error) == {"sellers"}


@pytest.mark.parametrize(
    "provider", ["openrouter", "lm_studio", "ollama", "openai", "nobody", "OFFLINE", "x" * 300]
)
async def test_a_provider_that_cannot_be_asked(market: Market, provider: str) -> None:
    config = {"model": "some/model", "provider": provider}
    response = await initialize(market, marketplace(llm_config=config))

    refused(response, 400, "LLM_PROVIDER_DISABLED")


async def test_a_model_for_one_seat_needs_a_provider(market: Market) -> None:
    for agents in ({"buyer": "llm"}, {"sellers": "narrated"}):
        response = await initialize(market, marketplace(agents=agents))

        refused(response, 400, "LLM_PROVIDER_DISABLED")


async def test_unknown_fields_are_ignored(market: Market) -> None:
    body = base() | {"surprise": {"deep": [1, 2]}}
    body["buyer"]["mood"] = "good"

    assert answer(await initialize(market, body))["total_rooms"] == 1


AT_THE_LIMIT: list[tuple[Path, object]] = [
    (("buyer", "name"), "x" * 50),
    ((*ITEM, "item_id"), "x" * 50),
    ((*SELLER, "name"), "x" * 50),
    ((*SELLER, "name"), "🛒" * 50),
    ((*STOCK, "item_id"), "x" * 50),
    ((*ITEM, "min_price_per_unit"), 0),
    ((*ITEM, "quantity_needed"), 1),
    ((*STOCK, "cost_price"), 0),
    ((*CONFIG, "temperature"), 0),
    ((*CONFIG, "temperature"), 1),
    ((*CONFIG, "max_tokens"), 1),
    ((*CONFIG, "model"), "m"),
    ((*CONFIG, "temperature"), MISSING),
]


@pytest.mark.parametrize(("path", "value"), AT_THE_LIMIT)
async def test_a_value_at_its_limit(market: Market, path: Path, value: object) -> None:
    body = with_value(path, value) if value is not MISSING else base()

    assert answer(await initialize(market, body))["total_rooms"] == 1


async def test_the_longest_item_name(market: Market) -> None:
    name = "é" * 100
    body = marketplace([item(name)], [seller("A", stock(name))])

    room = answer(await initialize(market, body))["negotiation_rooms"][0]
    assert (room["item_name"], room["status"]) == (name, "pending")
