"""Contract §3.3 and §5: the state of a room, and of it what one agent may see."""

from uuid import uuid4

import pytest

from tests.functional.client import Event, Json, Market, fields_of, moment, named, refused
from tests.functional.marketplaces import held, item, marketplace

FIELDS = {
    "room_id",
    "item_name",
    "status",
    "current_round",
    "max_rounds",
    "conversation_history",
    "current_offers",
    "buyer_constraints",
}
MESSAGE_FIELDS = {
    "message_id",
    "timestamp",
    "sender_type",
    "sender_id",
    "sender_name",
    "mentioned_agents",
    "updated_offer",
    "message",
    "content",
    "turn",
    "turn_number",
}
LIMITS = {"min_price_per_unit": 700, "max_price_per_unit": 1100, "quantity_needed": 2}


async def played(market: Market, **body: object) -> tuple[Json, str, list[Event]]:
    made = await market.initialize(marketplace(**body))  # type: ignore[arg-type]
    room_id = made["negotiation_rooms"][0]["room_id"]
    return made, room_id, await market.play(room_id)


async def test_of_a_pending_room(market: Market) -> None:
    made = await market.initialize(marketplace())
    room_id = made["negotiation_rooms"][0]["room_id"]

    state = await market.state(room_id)

    assert set(state) >= FIELDS
    assert (state["room_id"], state["item_name"], state["status"]) == (room_id, "Laptop", "pending")
    assert (state["current_round"], state["max_rounds"]) == (0, 10)
    assert (state["conversation_history"], state["current_offers"]) == ([], {})
    assert state["buyer_constraints"] == LIMITS


async def test_of_a_running_room(market: Market) -> None:
    made = await market.initialize(held())
    room_id = made["negotiation_rooms"][0]["room_id"]
    await market.start(room_id)
    async with market.watch(room_id) as subscription:
        await subscription.until("round_start")

    state = await market.state(room_id)

    assert (state["status"], state["current_round"]) == ("active", 1)
    await market.delete(made["session_id"])


async def test_of_a_room_that_nobody_can_serve(market: Market) -> None:
    made = await market.initialize(marketplace([item("Moon")]))

    state = await market.state(made["negotiation_rooms"][0]["room_id"])

    assert state["status"] == "no_sellers_available"


async def test_every_message_in_both_spellings(market: Market) -> None:
    _, room_id, events = await played(market)

    state = await market.state(room_id)

    assert state["status"] == "completed"
    said = [event.data for event in events if "content" in event.data]
    assert len(state["conversation_history"]) == len(said)
    for line, event in zip(state["conversation_history"], said, strict=True):
        assert set(line) >= MESSAGE_FIELDS
        assert line["message"] == line["content"] == event["message"]
        assert line["turn"] == line["turn_number"] == event["turn_number"]
        assert line["timestamp"] == event["timestamp"]
        for name in ("message_id", "sender_id", "sender_name", "sender_type"):
            assert line[name] == event[name]
        offer = event.get("offer")
        if offer is None:
            assert line["updated_offer"] is None
        else:
            assert line["updated_offer"] == offer | {"timestamp": line["timestamp"]}


async def test_the_latest_offer_of_every_seller(market: Market) -> None:
    made, room_id, events = await played(market)

    offers = (await market.state(room_id))["current_offers"]

    latest = {offer["seller_id"]: offer for offer in named(events, "offer")}
    assert set(offers) == set(latest) == set(made["seller_ids"])
    for seller_id, offer in offers.items():
        assert offer["price"] == latest[seller_id]["price_per_unit"]
        assert offer["quantity"] == latest[seller_id]["quantity"]
        assert offer["seller_name"] == latest[seller_id]["seller_name"]
        moment(offer["timestamp"])


class TestThroughAnAgentsEyes:
    async def test_a_seller_hears_itself_and_what_the_buyer_says_to_it(
        self, market: Market
    ) -> None:
        made, room_id, _ = await played(market)
        whole = (await market.state(room_id))["conversation_history"]

        for seller_id in made["seller_ids"]:
            state = await market.state(room_id, agent_id=seller_id, agent_type="seller")

            assert state["conversation_history"] == [
                line
                for line in whole
                if line["sender_id"] == seller_id
                or (
                    line["sender_type"] == "buyer"
                    and seller_id in (line["mentioned_agents"] or made["seller_ids"])
                )
            ]
            assert set(state["current_offers"]) == {seller_id}
            assert state["buyer_constraints"] == {}
            assert set(state) >= FIELDS

    async def test_the_buyer_hears_all_and_knows_its_limits(self, market: Market) -> None:
        made, room_id, _ = await played(market)

        seen = await market.state(room_id, agent_id=made["buyer_id"], agent_type="buyer")

        assert seen == await market.state(room_id)

    async def test_one_of_the_two_is_enough(self, market: Market) -> None:
        made, room_id, _ = await played(market)
        seller_id = made["seller_ids"][1]

        by_id = await market.state(room_id, agent_id=seller_id)

        assert by_id == await market.state(room_id, agent_id=seller_id, agent_type="seller")
        assert await market.state(room_id, agent_type="buyer") == await market.state(
            room_id, agent_id=made["buyer_id"]
        )

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"agent_id": str(uuid4())}, "agent_id"),
            ({"agent_type": "seller"}, "agent_id"),
            ({"agent_id": str(uuid4()), "agent_type": "buyer"}, "agent_id"),
            ({"agent_id": "42"}, "agent_id"),
            ({"agent_type": "operator"}, "agent_type"),
        ],
    )
    async def test_an_agent_that_there_is_not(
        self, market: Market, query: dict[str, str], field: str
    ) -> None:
        made = await market.initialize(marketplace())
        path = f"/api/v1/negotiation/{made['negotiation_rooms'][0]['room_id']}/state"

        error = refused(await market.http.get(path, params=query), 400, "VALIDATION_ERROR")

        assert fields_of(error) == {field}
        assert ", got " in error["message"]

    async def test_one_that_there_is_comes_along(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        path = f"/api/v1/negotiation/{made['negotiation_rooms'][0]['room_id']}/state"
        query = {"agent_type": "buyer", "agent_id": made["seller_ids"][0]}

        error = refused(await market.http.get(path, params=query), 400, "VALIDATION_ERROR")

        assert error["message"] == (
            f"agent_id should be the id of a buyer of this room, got {query['agent_id']}; "
            f"for example {made['buyer_id']}"
        )

    async def test_a_seller_is_no_buyer(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        path = f"/api/v1/negotiation/{made['negotiation_rooms'][0]['room_id']}/state"

        for agent_id, agent_type in (
            (made["seller_ids"][0], "buyer"),
            (made["buyer_id"], "seller"),
        ):
            query = {"agent_id": agent_id, "agent_type": agent_type}
            refused(await market.http.get(path, params=query), 400, "VALIDATION_ERROR")
