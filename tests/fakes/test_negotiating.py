from typing import Any

import pytest

from tests.fakes.negotiating import negotiate

CHEAP, DEAR = "0d5c0c5e-1111-4b7e-9c7e-000000000001", "0d5c0c5e-1111-4b7e-9c7e-000000000002"

SELLER = """You are "Stock 24", a seller in a marketplace.
- Item: "Selling point 3000"
- Quantity the buyer asks for: 5
- Stock: 3
- Selling price: 1,100.00 USD per unit; you start here
- Least price: 900.00 USD per unit; you never go below it
- Cost price: 800.00 USD per unit"""

BUYER = f"""You are "Ann", the buyer.
- Minimum price: 500.00 USD per unit
- Maximum price: 1000.00 USD per unit
# Offers on the table
- offer_id: {DEAR}, seller: "Matt 4", price: 1050.00 USD per unit, quantity: 5
- offer_id: {CHEAP}, seller: "Ada", price: 950.00 USD per unit, quantity: 5"""


def body(prompt: str, seat: str, *said: str, actions: tuple[str, ...] = ()) -> dict[str, Any]:
    """As a request that asks for the turn of a seat."""
    schema: dict[str, Any] = {"properties": {"action": {"enum": actions}} if actions else {}}
    talk = [{"role": "assistant", "content": text} for text in said]
    return {
        "messages": [{"role": "user", "content": prompt}, *talk],
        "response_format": {"json_schema": {"name": seat, "schema": schema}},
    }


@pytest.mark.parametrize(("now", "price"), [(1, 1080.0), (3, 1016.0), (6, 920.0), (10, 920.0)])
def test_seller_gives_way_to_its_limit(now: int, price: float) -> None:
    turn = negotiate(body(f"{SELLER}\nAnswer the buyer in round {now} of 10.", "seller_turn"))

    assert isinstance(turn, dict)
    assert turn["offer"] == {"price": price, "quantity": 3}


@pytest.mark.parametrize(
    ("actions", "action", "offer_id"),
    [
        (("continue", "accept", "walk_away"), "accept", CHEAP),
        (("continue",), "continue", None),
        (("accept", "walk_away"), "accept", CHEAP),
    ],
)
def test_buyer(actions: tuple[str, ...], action: str, offer_id: str | None) -> None:
    turn = negotiate(body(BUYER, "buyer_turn", actions=actions))

    assert isinstance(turn, dict)
    assert (turn["action"], turn["offer_id"]) == (action, offer_id)


def test_buyer_whose_acceptance_was_sent_back_talks_on() -> None:
    turn = negotiate(body(BUYER, "buyer_turn", '{"action": "accept"}'))

    assert isinstance(turn, dict)
    assert turn["action"] == "continue"


def test_buyer_with_nothing_fair_at_the_end_leaves() -> None:
    prompt = BUYER.replace("950.00", "1950.00")
    turn = negotiate(body(prompt, "buyer_turn", actions=("accept", "walk_away")))

    assert isinstance(turn, dict)
    assert turn["action"] == "walk_away"


def test_prose_where_no_turn_is_asked_for() -> None:
    assert isinstance(negotiate({"messages": [{"role": "user", "content": "Hello"}]}), str)
