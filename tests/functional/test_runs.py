"""Contract §3.3, §4 and §6: starting a room, and what a whole run looks like on the stream."""

import asyncio
from itertools import pairwise
from uuid import UUID

import pytest

from tests.functional.client import (
    Event,
    Market,
    answer,
    ids,
    moment,
    named,
    names,
    refused,
    stored,
)
from tests.functional.marketplaces import held, item, marketplace, seller, stock, three_sellers


async def room_of(market: Market, **body: object) -> tuple[str, list[str]]:
    """A new session's room and its sellers."""
    made = await market.initialize(marketplace(**body))  # type: ignore[arg-type]
    return made["negotiation_rooms"][0]["room_id"], made["seller_ids"]


class TestStart:
    async def test_every_field(self, market: Market) -> None:
        room_id, _ = await room_of(market)

        started = await market.start(room_id)

        assert started["status"] == "active"
        assert started["stream_url"] == f"/api/v1/negotiation/{room_id}/stream"
        UUID(started["run_id"])
        moment(started["started_at"])
        assert (await market.http.get(started["stream_url"])).status_code == 200

    async def test_takes_no_body_and_any_body(self, market: Market) -> None:
        for content, headers in (
            (None, {}),
            (b"", {"content-type": "application/json"}),
            (b"{}", {"content-type": "application/json"}),
            (b"nonsense", {}),
        ):
            room_id, _ = await room_of(market)
            response = await market.http.post(
                f"/api/v1/negotiation/{room_id}/start", content=content, headers=headers
            )
            assert answer(response)["status"] == "active"

    @pytest.mark.parametrize("callers", [2, 8])
    async def test_several_at_once_are_one(self, market: Market, callers: int) -> None:
        made = await market.initialize(held())
        room_id = made["negotiation_rooms"][0]["room_id"]
        path = f"/api/v1/negotiation/{room_id}/start"

        answers = await asyncio.gather(*(market.http.post(path) for _ in range(callers)))

        refusals = [response for response in answers if response.status_code != 200]
        assert len(refusals) == callers - 1
        for refusal in refusals:
            refused(refusal, 409, "NEGOTIATION_ALREADY_ACTIVE")
        assert (await market.session(made["session_id"]))["total_runs"] == 1
        await market.delete(made["session_id"])

    async def test_of_a_running_room(self, market: Market) -> None:
        made = await market.initialize(held())
        room_id = made["negotiation_rooms"][0]["room_id"]
        await market.start(room_id)

        response = await market.http.post(f"/api/v1/negotiation/{room_id}/start")

        refused(response, 409, "NEGOTIATION_ALREADY_ACTIVE")
        await market.delete(made["session_id"])

    async def test_of_a_room_that_nobody_can_serve(self, market: Market) -> None:
        room_id, _ = await room_of(market, items=[item("Moon")])

        response = await market.http.post(f"/api/v1/negotiation/{room_id}/start")

        refused(response, 409, "NO_SELLERS_AVAILABLE")

    async def test_rooms_of_a_session_run_side_by_side(self, market: Market) -> None:
        items = [item(f"Item {number}") for number in range(5)]
        stocks = [stock(f"Item {number}") for number in range(5)]
        made = await market.initialize(marketplace(items, [seller("A", *stocks)]))
        room_ids = [room["room_id"] for room in made["negotiation_rooms"]]

        runs = await asyncio.gather(*map(market.play, room_ids))

        assert {names(events)[-1] for events in runs} == {"negotiation_complete"}
        assert [events[0].data["room_id"] for events in runs] == room_ids
        assert (await market.session(made["session_id"]))["status"] == "completed"

    async def test_an_ended_room_can_be_started_again(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        room_id, session_id = made["negotiation_rooms"][0]["room_id"], made["session_id"]
        first_run = await market.start(room_id)
        first = await market.events(room_id)
        first_log = await market.log(session_id, room_id)
        second_run = await market.start(room_id)
        second = await market.events(room_id)

        assert first_run["run_id"] != second_run["run_id"]
        assert min(ids(second)) == max(ids(first)) + 1
        assert names(second)[:2] == ["connected", "round_start"]
        assert second[1].data["round_number"] == 1
        assert (
            named(first, "decision")[0]["outcome_id"] != named(second, "decision")[0]["outcome_id"]
        )
        assert (await market.session(session_id))["total_runs"] == 2
        second_log = await market.log(session_id, room_id)
        assert first_log["metadata"]["run_id"] == first_run["run_id"]
        assert second_log["metadata"]["run_id"] == second_run["run_id"]
        said = [line["message_id"] for line in second_log["conversation_history"]]
        assert said == [e.data["message_id"] for e in second if "content" in e.data]
        state = await market.state(room_id)
        assert [line["message_id"] for line in state["conversation_history"]] == said
        assert state["run_id"] == second_run["run_id"]


class TestWholeRun:
    """Of offline agents, all of whose events are checked by the client's own reading already."""

    async def test_ids_increase_one_by_one(self, market: Market) -> None:
        room_id, _ = await room_of(market)

        events = await market.play(room_id)

        assert ids(events) == list(range(1, len(ids(events)) + 1))
        assert [event.name for event in events if event.id is None] == ["connected"]

    @pytest.mark.parametrize("seed", range(5))
    async def test_order(self, market: Market, seed: int) -> None:
        room_id, sellers = await room_of(market, seed=seed)

        events = await market.play(room_id)

        assert events[0].name == "connected"
        assert events[0].data["room_id"] == room_id
        assert names(events)[-2:] == ["decision", "negotiation_complete"]
        for number, in_round in enumerate(rounds(events), start=1):
            opening, spoke, *answers = in_round
            assert (opening.name, opening.data["round_number"]) == ("round_start", number)
            assert (spoke.name, spoke.data["round"]) == ("buyer_message", number)
            responses = [e.data["seller_id"] for e in answers if e.name == "seller_response"]
            assert sorted(responses) == sorted(spoke.data["mentioned_sellers"] or sellers)
            assert {e.name for e in answers} <= {"seller_response", "offer"}

    async def test_messages(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        events = await market.play(made["negotiation_rooms"][0]["room_id"])

        for event in stored(events):
            if event.name == "buyer_message":
                assert event.data["sender_id"] == made["buyer_id"]
                assert (event.data["sender_name"], event.data["sender_type"]) == ("Alice", "buyer")
            elif event.name == "seller_response":
                assert event.data["sender_id"] == event.data["seller_id"]
                assert event.data["sender_type"] == "seller"
                assert event.data["seller_id"] in made["seller_ids"]
            else:
                continue
            assert event.data["message"] == event.data["content"] != ""
        turns = [e.data["turn_number"] for e in events if "turn_number" in e.data]
        assert turns == list(range(1, len(turns) + 1))

    async def test_an_offer_follows_the_message_that_makes_it(self, market: Market) -> None:
        room_id, _ = await room_of(market)
        events = await market.play(room_id)

        for before, event in pairwise(events):
            if event.name == "offer":
                assert before.name == "seller_response"
                assert before.data["offer"] == {
                    "price": event.data["price_per_unit"],
                    "quantity": event.data["quantity"],
                }
                assert event.data["seller_id"] == before.data["seller_id"]
                assert event.data["seller_name"] == before.data["sender_name"]
                total = event.data["price_per_unit"] * event.data["quantity"]
                assert event.data["total_price"] == pytest.approx(total)
            elif before.name == "seller_response":
                assert before.data["offer"] is None

    @pytest.mark.parametrize("seed", range(5))
    async def test_a_deal_is_an_offer_on_the_table(self, market: Market, seed: int) -> None:
        room_id, _ = await room_of(market, seed=seed)
        events = await market.play(room_id)

        decision, end = events[-2].data, events[-1].data
        table = {offer["seller_id"]: offer for offer in named(events, "offer")}
        accepted = table[decision["chosen_seller_id"]]
        assert decision["decision"] == "accept"
        assert decision["final_price"] == accepted["price_per_unit"]
        assert decision["final_quantity"] == accepted["quantity"]
        assert decision["total_cost"] == accepted["total_price"]
        assert decision["chosen_seller_name"] == accepted["seller_name"]
        assert decision["reason"]
        assert 700 <= decision["final_price"] <= 1100
        assert 2 <= decision["round"] <= 10
        assert end["room_id"] == room_id
        assert end["outcome"] == "deal"
        assert end["rounds_completed"] == decision["round"]
        assert end["selected_seller_id"] == decision["chosen_seller_id"]
        assert end["selected_seller_name"] == decision["chosen_seller_name"]
        assert end["final_offer"] == {
            "price": decision["final_price"],
            "quantity": decision["final_quantity"],
        }
        assert end["duration_seconds"] >= 0

    @pytest.mark.parametrize("seed", range(3))
    async def test_no_offer_gives_a_limit_away(self, market: Market, seed: int) -> None:
        """Every offer lies within [least, selling], and no message names the least price."""
        room_id, sellers = await room_of(market, seed=seed)
        events = await market.play(room_id)

        limits = {
            seller_id: one["inventory"][0]
            for seller_id, one in zip(sellers, three_sellers(), strict=True)
        }
        for offer in named(events, "offer"):
            own = limits[offer["seller_id"]]
            assert own["least_price"] <= offer["price_per_unit"] <= own["selling_price"]
            assert 1 <= offer["quantity"] <= own["quantity_available"]

    async def test_without_an_acceptable_offer_there_is_no_deal(self, market: Market) -> None:
        """The seller could go as low as the buyer needs, but isn't there after one round."""
        sellers = [seller("A", stock(selling=5000))]
        made = await market.initialize(marketplace([item(high=781)], sellers, max_rounds=1))
        room_id = made["negotiation_rooms"][0]["room_id"]

        events = await market.play(room_id)

        decision, end = events[-2].data, events[-1].data
        assert decision["decision"] == "no_deal"
        deal = ("chosen_seller_id", "chosen_seller_name", "final_price", "final_quantity")
        assert [decision[name] for name in (*deal, "total_cost")] == [None] * 5
        assert decision["round"] == 1
        assert (end["outcome"], end["final_offer"]) == ("no_deal", None)
        summary = await market.summary(made["session_id"])
        assert summary["failed_items"][0]["item_name"] == "Laptop"

    async def test_rounds_are_bounded(self, market: Market) -> None:
        for limit in (1, 2, 3):
            room_id, _ = await room_of(market, max_rounds=limit, min_rounds=limit)
            events = await market.play(room_id)

            assert len(named(events, "round_start")) == limit
            assert {event["max_rounds"] for event in named(events, "round_start")} == {limit}

    async def test_the_time_runs_out(self, market: Market) -> None:
        body = held() | {"timeout_minutes": 0.2 / 60}
        made = await market.initialize(body)
        events = await market.play(made["negotiation_rooms"][0]["room_id"])

        assert events[-2].data["decision"] == "no_deal"
        assert "time" in events[-2].data["reason"]

    async def test_a_seller_that_comes_later(self, market: Market) -> None:
        sellers = [seller("A"), seller("Late", arrives_in_round=2)]
        room_id, (_, late) = await room_of(market, sellers=sellers, min_rounds=3)

        events = await market.play(room_id)

        heard = [e["round"] for e in named(events, "seller_response") if e["seller_id"] == late]
        assert min(heard) == 2


def rounds(events: list[Event]) -> list[list[Event]]:
    """The events of each round."""
    found: list[list[Event]] = []
    for event in events:
        if event.name == "round_start":
            found.append([])
        if event.name not in {"connected", "decision", "negotiation_complete"}:
            found[-1].append(event)
    return found
