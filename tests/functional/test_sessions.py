"""Contract §3.3: session, delete, summary, log."""

import asyncio
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from app.db import Address
from tests.functional.client import Event, Json, Market, moment, named, names, refused, stored
from tests.functional.conftest import RunMarket
from tests.functional.marketplaces import held, item, marketplace, seller, stock

TWO_ITEMS = [item("Laptop"), item("Mouse", quantity=10, low=5, high=20)]
BOTH = [stock("Laptop"), stock("Mouse", cost=2, least=6, selling=18, quantity=50)]


def rooms_of(made: Json) -> list[str]:
    return [room["room_id"] for room in made["negotiation_rooms"]]


async def played(market: Market, body: Json | None = None) -> tuple[Json, str, list[Event]]:
    """A session of one room that was played once."""
    made = await market.initialize(marketplace() if body is None else body)
    room_id = rooms_of(made)[0]
    return made, room_id, await market.play(room_id)


class TestSession:
    async def test_every_field(self, market: Market) -> None:
        made = await market.initialize(marketplace(llm_config={"model": "some/model"}))

        session = await market.session(made["session_id"])

        assert session["session_id"] == made["session_id"]
        assert session["created_at"] == made["created_at"]
        assert (session["status"], session["total_runs"]) == ("draft", 0)
        assert (session["buyer_name"], session["llm_model"]) == ("Alice", "some/model")

    async def test_draft_active_completed(self, market: Market) -> None:
        made = await market.initialize(
            held(items=TWO_ITEMS, sellers=[seller("A", *BOTH)])
        )  # fmt: skip
        laptop, mouse = rooms_of(made)
        seen = []
        for room_id in (laptop, mouse):
            await market.start(room_id)
            seen.append(await market.session(made["session_id"]))
            await market.decide(room_id, decision_type="no_deal")
            seen.append(await market.session(made["session_id"]))

        told = [(session["status"], session["total_runs"]) for session in seen]
        assert told == [("active", 1), ("active", 1), ("active", 2), ("completed", 2)]

    async def test_rooms_without_sellers_do_not_hold_it_back(self, market: Market) -> None:
        made = await market.initialize(marketplace([item(), item("Moon")]))

        await market.play(rooms_of(made)[0])

        assert (await market.session(made["session_id"]))["status"] == "completed"

    async def test_a_room_tells_its_deal_and_its_offers(self, market: Market) -> None:
        made, _, events = await played(market)

        room = (await market.session(made["session_id"]))["rooms"][0]

        decision = named(events, "decision")[0]
        assert room["status"] == "completed"
        assert room["final_deal"]["price_per_unit"] == decision["final_price"]
        assert room["final_deal"]["seller_id"] == decision["chosen_seller_id"]
        assert room["current_round"] == decision["round"]
        last = {offer["seller_id"]: offer["price_per_unit"] for offer in named(events, "offer")}
        for one in room["participating_sellers"]:
            assert one["current_offer"] == last[one["seller_id"]]


class TestDelete:
    async def test_every_field(self, market: Market) -> None:
        made, room_id, _ = await played(market)

        gone = await market.delete(made["session_id"])
        kept = await market.http.get(gone["log_path"].format(room_id=room_id))

        assert kept.status_code == 200
        assert kept.json()["metadata"]["room_id"] == room_id
        assert gone["deleted"] is True
        assert gone["message"]
        assert gone["session_id"] == made["session_id"]
        assert gone["logs_saved"] == 1

    async def test_its_ids_answer_404(self, market: Market) -> None:
        made, room_id, _ = await played(market)
        session_id = made["session_id"]
        await market.delete(session_id)

        for method, path, code in (
            ("GET", f"/simulation/{session_id}", "SESSION_NOT_FOUND"),
            ("DELETE", f"/simulation/{session_id}", "SESSION_NOT_FOUND"),
            ("GET", f"/simulation/{session_id}/summary", "SESSION_NOT_FOUND"),
            ("POST", f"/negotiation/{room_id}/start", "ROOM_NOT_FOUND"),
            ("GET", f"/negotiation/{room_id}/stream", "ROOM_NOT_FOUND"),
            ("GET", f"/negotiation/{room_id}/state", "ROOM_NOT_FOUND"),
            ("POST", f"/negotiation/{room_id}/decide?decision_type=no_deal", "ROOM_NOT_FOUND"),
        ):
            refused(await market.http.request(method, f"/api/v1{path}"), 404, code)
        path = f"/api/v1/negotiation/{room_id}/message"
        refused(await market.http.post(path, json={"message": "Hi"}), 404, "ROOM_NOT_FOUND")

    async def test_its_logs_are_kept_and_read_as_before(self, market: Market) -> None:
        made, room_id, _ = await played(market)
        before = await market.log(made["session_id"], room_id)

        await market.delete(made["session_id"])

        assert await market.log(made["session_id"], room_id) == before

    async def test_of_several_runs_all_are_kept_and_the_newest_is_read(
        self, market: Market
    ) -> None:
        made, room_id, _ = await played(market)
        await market.play(room_id)
        session_id = made["session_id"]
        before = await market.log(session_id, room_id)
        of_each = [await market.log(session_id, room_id, run=number) for number in (1, 2)]

        assert (await market.delete(session_id))["logs_saved"] == 2

        assert before["metadata"]["run_number"] == 2
        assert await market.log(session_id, room_id) == before
        assert [await market.log(session_id, room_id, run=n) for n in (1, 2)] == of_each
        path = f"/api/v1/logs/{session_id}/{room_id}?run=3"
        missing = refused(await market.http.get(path), 404, "LOG_NOT_FOUND")
        assert "there is no run 3; there are 1 to 2" in missing["message"]

    async def test_a_session_that_never_ran_leaves_no_log(self, market: Market) -> None:
        made = await market.initialize(marketplace())

        assert (await market.delete(made["session_id"]))["logs_saved"] == 0

        path = f"/api/v1/logs/{made['session_id']}/{rooms_of(made)[0]}"
        refused(await market.http.get(path), 404, "LOG_NOT_FOUND")

    async def test_of_a_running_room_ends_its_stream_and_keeps_its_log(
        self, market: Market
    ) -> None:
        made = await market.initialize(held())
        room_id = rooms_of(made)[0]
        await market.start(room_id)
        async with market.watch(room_id) as subscription:
            await subscription.until("round_start")

            assert (await market.delete(made["session_id"]))["logs_saved"] == 1

            rest = await subscription.rest()
        assert names(rest)[-2:] == ["decision", "negotiation_complete"]
        decision, end = (event.data for event in rest[-2:])
        log = await market.log(made["session_id"], room_id)
        assert log["decision"]["decision_type"] == decision["decision"] == "no_deal"
        assert log["decision"]["reason"] == decision["reason"] == "the session was deleted"
        assert (decision["round"], end["rounds_completed"]) == (1, log["rounds_completed"])
        assert end["duration_seconds"] == log["duration"] > 0
        assert end["outcome"] == "aborted"
        assert [event.id for event in rest[-2:]] == [None, None]

    async def test_all_who_watch_are_told_the_same(self, market: Market) -> None:
        made = await market.initialize(held())
        room_id = rooms_of(made)[0]
        await market.start(room_id)
        async with market.watch(room_id, from_=0) as one, market.watch(room_id, from_=0) as other:
            await asyncio.gather(one.until("round_start"), other.until("round_start"))

            await market.delete(made["session_id"])

            ends = await asyncio.gather(one.rest(), other.rest())
        assert ends[0][-2].data["outcome_id"] == ends[1][-2].data["outcome_id"]

    async def test_of_a_pending_room_ends_its_stream(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        async with market.watch(rooms_of(made)[0]) as subscription:
            await subscription.until("connected")

            await market.delete(made["session_id"])

            rest = await subscription.rest()
        assert names(rest) == ["decision", "negotiation_complete"]
        assert rest[0].data["round"] == rest[1].data["rounds_completed"] == 0

    async def test_who_waited_for_the_next_run_is_not_told_of_the_last(
        self, market: Market
    ) -> None:
        made, room_id, events = await played(market)
        async with market.watch(room_id, last_event_id=events[-1].id) as subscription:
            await subscription.until("connected")

            await market.delete(made["session_id"])

            decision, end = await subscription.rest()
        assert decision.data["reason"] == "the session was deleted"
        assert (end.data["outcome"], end.data["rounds_completed"]) == ("aborted", 0)

    async def test_twice_at_once_is_once(self, market: Market) -> None:
        made, _, _ = await played(market)
        path = f"/api/v1/simulation/{made['session_id']}"

        answers = await asyncio.gather(*(market.http.delete(path) for _ in range(5)))

        assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404, 404]

    async def test_removes_every_row(self, run_market: RunMarket, clean_address: Address) -> None:
        async with run_market() as market:
            made, _, _ = await played(market)
            await market.delete(made["session_id"])

        with psycopg.connect(clean_address.libpq) as connection:
            for table in ("sessions", "buyers", "sellers", "rooms", "runs", "room_events"):
                query = SQL("SELECT count(*) FROM {}").format(Identifier(table))
                row = connection.execute(query).fetchone()
                assert row == (0,), table


class TestSummary:
    async def test_before_anything_ran(self, market: Market) -> None:
        made = await market.initialize(marketplace([item(), item("Moon")]))

        summary = await market.summary(made["session_id"])

        assert set(summary) == {
            "session_id",
            "buyer_name",
            "total_items_requested",
            "completed_purchases",
            "failed_purchases",
            "purchases",
            "failed_items",
            "total_cost_summary",
            "negotiation_metrics",
            "overall_analysis",
        }
        assert (summary["session_id"], summary["buyer_name"]) == (made["session_id"], "Alice")
        assert summary["total_items_requested"] == 2
        assert (summary["completed_purchases"], summary["purchases"]) == (0, [])
        assert summary["failed_purchases"] == 1
        assert summary["failed_items"][0]["item_name"] == "Moon"
        assert "no_inventory" in summary["failed_items"][0]["reason"]
        assert summary["total_cost_summary"] == {
            "total_spent": 0,
            "items_purchased": 0,
            "average_savings_per_item": 0,
        }
        assert summary["negotiation_metrics"] == {
            "average_rounds": 0,
            "average_duration_seconds": 0,
            "total_messages_exchanged": 0,
        }
        assert summary["overall_analysis"] is None

    async def test_while_a_room_runs(self, market: Market) -> None:
        made = await market.initialize(held())
        room_id = rooms_of(made)[0]
        await market.start(room_id)

        summary = await market.summary(made["session_id"])

        assert (summary["completed_purchases"], summary["failed_purchases"]) == (0, 0)
        await market.decide(room_id, decision_type="no_deal")

    async def test_of_a_purchase(self, market: Market) -> None:
        made, _, events = await played(market)
        decision, end = events[-2].data, events[-1].data

        summary = await market.summary(made["session_id"])

        assert (summary["completed_purchases"], summary["failed_purchases"]) == (1, 0)
        [purchase] = summary["purchases"]
        said, overall = purchase.pop("ai_summary"), summary["overall_analysis"]
        assert (said["source"], overall["source"]) == ("figures", "figures")
        assert decision["chosen_seller_name"] in said["narrative"]
        assert overall["recommendations"] is not None
        assert [purchase] == [
            {
                "item_name": "Laptop",
                "quantity": decision["final_quantity"],
                "selected_seller": decision["chosen_seller_name"],
                "final_price_per_unit": decision["final_price"],
                "total_cost": decision["total_cost"],
                "negotiation_rounds": end["rounds_completed"],
                "duration_seconds": end["duration_seconds"],
            }
        ]
        saved = round((1100 - decision["final_price"]) * decision["final_quantity"], 6)
        assert summary["total_cost_summary"] == {
            "total_spent": decision["total_cost"],
            "items_purchased": 1,
            "average_savings_per_item": saved,
        }
        messages = len(named(events, "buyer_message")) + len(named(events, "seller_response"))
        assert summary["negotiation_metrics"]["total_messages_exchanged"] == messages
        assert summary["negotiation_metrics"]["average_rounds"] == end["rounds_completed"]

    async def test_of_a_failure(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        await market.decide(
            rooms_of(made)[0], decision_type="no_deal", decision_reason="too expensive"
        )

        summary = await market.summary(made["session_id"])

        assert summary["failed_items"] == [{"item_name": "Laptop", "reason": "too expensive"}]
        assert (summary["completed_purchases"], summary["failed_purchases"]) == (0, 1)

    async def test_is_of_the_newest_run(self, market: Market) -> None:
        made, room_id, _ = await played(market)
        await market.start(room_id)
        await market.deciding(room_id, decision_type="no_deal")
        await market.events(room_id)

        summary = await market.summary(made["session_id"])

        assert summary["completed_purchases"] + summary["failed_purchases"] == 1

    async def test_costs_are_exact(self, market: Market) -> None:
        made = await market.initialize(
            marketplace(
                [item(quantity=3, low=0.05, high=0.5)],
                [seller("A", stock(cost=0.01, least=0.1, selling=0.4))],
            )
        )
        await market.decide(
            rooms_of(made)[0],
            decision_type="deal",
            selected_seller_id=made["seller_ids"][0],
            final_price_per_unit="0.1",
            quantity=3,
        )

        summary = await market.summary(made["session_id"])

        assert summary["total_cost_summary"]["total_spent"] == 0.3


class TestLog:
    async def test_a_room_that_never_ran_has_none(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        path = f"/api/v1/logs/{made['session_id']}/{rooms_of(made)[0]}"

        refused(await market.http.get(path), 404, "LOG_NOT_FOUND")

    @pytest.mark.parametrize("which", ["session", "room"])
    async def test_of_another_session(self, market: Market, which: str) -> None:
        made, room_id, _ = await played(market)
        other = str(uuid4())
        session_id, room_id = (
            (other, room_id) if which == "session" else (made["session_id"], other)
        )

        path = f"/api/v1/logs/{session_id}/{room_id}"
        refused(await market.http.get(path), 404, "LOG_NOT_FOUND")

    async def test_metadata(self, market: Market) -> None:
        made, room_id, _ = await played(market)

        metadata = (await market.log(made["session_id"], room_id))["metadata"]

        assert metadata["session_id"] == made["session_id"]
        assert metadata["room_id"] == room_id
        assert metadata["item_id"] == "want-Laptop"
        assert metadata["run_id"]
        moments = [moment(metadata[name]) for name in ("created_at", "started_at", "ended_at")]
        assert moments == sorted(moments)
        assert metadata["completed_at"] == metadata["ended_at"]

    async def test_of_an_earlier_run(self, market: Market) -> None:
        made, room_id, first = await played(market)
        session_id = made["session_id"]
        before = await market.log(session_id, room_id)
        second = await market.play(room_id)

        logs = [await market.log(session_id, room_id, run=number) for number in (1, 2)]

        assert logs[0] == before
        assert logs[1] == await market.log(session_id, room_id)
        for log, events in zip(logs, (first, second), strict=True):
            said = [line["message_id"] for line in log["conversation_history"]]
            assert said == [e.data["message_id"] for e in events if "content" in e.data]

    async def test_of_a_run_that_there_is_not(self, market: Market) -> None:
        made, room_id, _ = await played(market)
        path = f"/api/v1/logs/{made['session_id']}/{room_id}?run=2"

        missing = refused(await market.http.get(path), 404, "LOG_NOT_FOUND")

        assert "there is no run 2; 1 is the only one" in missing["message"]
        assert missing["details"][0]["field"] == "run"

    @pytest.mark.parametrize("number", ["first", "0", "-1", "1.5", "", "99999999999999999999"])
    async def test_of_what_is_no_number_of_a_run(self, market: Market, number: str) -> None:
        made, room_id, _ = await played(market)
        path = f"/api/v1/logs/{made['session_id']}/{room_id}?run={number}"

        error = refused(await market.http.get(path), 400, "VALIDATION_ERROR")

        assert error["details"][0]["field"] == "run"

    async def test_it_lasted_as_long_as_the_stream_said(self, market: Market) -> None:
        made, room_id, events = await played(market)

        log = await market.log(made["session_id"], room_id)

        told = events[-1].data["duration_seconds"]
        assert log["duration"] == log["metadata"]["duration_seconds"] == told

    async def test_the_rest_of_it(self, market: Market) -> None:
        made, room_id, events = await played(market)

        log = await market.log(made["session_id"], room_id)

        assert log["buyer"]["buyer_id"] == made["buyer_id"]
        assert log["buyer"]["max_price_per_unit"] == 1100
        assert log["buyer"]["min_price_per_unit"] == 700
        assert log["buyer"]["quantity_needed"] == 2
        assert [one["seller_id"] for one in log["sellers"]] == made["seller_ids"]
        decision = named(events, "decision")[0]
        assert log["decision"] == {
            "decision": "accept",
            "decision_type": "deal",
            "selected_seller_id": decision["chosen_seller_id"],
            "final_price": decision["final_price"],
            "quantity": decision["final_quantity"],
            "total_cost": decision["total_cost"],
            "reason": decision["reason"],
        }
        rounds = len(named(events, "round_start"))
        assert (log["rounds"], log["rounds_completed"]) == (rounds, rounds)
        assert log["duration"] == log["metadata"]["duration_seconds"]

    async def test_it_holds_every_message_and_offer_of_the_stream(self, market: Market) -> None:
        made, room_id, events = await played(market)

        log = await market.log(made["session_id"], room_id)

        said = [event.data for event in stored(events) if "content" in event.data]
        assert [
            (line["message_id"], line["sender_id"], line["message"], line["content"])
            for line in log["conversation_history"]
        ] == [(one["message_id"], one["sender_id"], one["message"], one["content"]) for one in said]
        fields = ("offer_id", "message_id", "round", "seller_id", "price_per_unit", "quantity")
        assert log["offers_over_time"] == [
            {name: offer[name] for name in (*fields, "timestamp")}
            for offer in named(events, "offer")
        ]

    async def test_of_a_room_that_runs_goes_as_far_as_it_has_come(self, market: Market) -> None:
        made = await market.initialize(held())
        room_id = rooms_of(made)[0]
        await market.start(room_id)

        log = await market.log(made["session_id"], room_id)

        assert log["decision"] is None
        moment(log["metadata"]["ended_at"])
        await market.decide(room_id, decision_type="no_deal")
