"""Contract §3.3 and §5: what people do in a room: speak for the buyer, decide."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.db import Address
from tests.functional.client import (
    Json,
    Market,
    answer,
    fields_of,
    moment,
    named,
    names,
    refused,
)
from tests.functional.conftest import RunMarket
from tests.functional.marketplaces import held, item, marketplace, seller, stock, three_sellers


@dataclass(frozen=True, slots=True)
class Held:
    """A room whose agents do nothing by themselves, started unless said otherwise."""

    session_id: str
    room_id: str
    buyer_id: str
    sellers: list[str]

    @property
    def deal(self) -> Json:
        """A legal one with the first seller."""
        return {
            "decision_type": "deal",
            "selected_seller_id": self.sellers[0],
            "final_price_per_unit": 900,
            "quantity": 2,
        }


async def hold(market: Market, **body: object) -> Held:
    made = await market.initialize(held(**body))
    room_id = made["negotiation_rooms"][0]["room_id"]
    return Held(made["session_id"], room_id, made["buyer_id"], made["seller_ids"])


@pytest.fixture
async def room(market: Market) -> AsyncIterator[Held]:
    made = await hold(market)
    await market.start(made.room_id)
    yield made
    await market.http.delete(f"/api/v1/simulation/{made.session_id}")


class TestMessage:
    async def test_every_field(self, market: Market, room: Held) -> None:
        said = await market.say(room.room_id, "Hello there")

        assert set(said) == {"message_id", "timestamp", "mentioned_sellers", "processing"}
        UUID(said["message_id"])
        moment(said["timestamp"])
        assert (said["mentioned_sellers"], said["processing"]) == ([], True)

    @pytest.mark.parametrize(
        ("text", "named_sellers"),
        [
            ("@TechStore can you do 900?", [0]),
            ("@techstore, @gadget hub: your best?", [0, 1]),
            ("@GadgetHub and @Bargain-Barn!", [1, 2]),
            ("@Tech Store?", [0]),
            ("TechStore, do you hear me?", []),
            ("mail me at alice@TechStore.example", []),
            ("@TechStores", []),
        ],
    )
    async def test_mentions(
        self, market: Market, room: Held, text: str, named_sellers: list[int]
    ) -> None:
        said = await market.say(room.room_id, text)

        assert said["mentioned_sellers"] == [room.sellers[index] for index in named_sellers]

    async def test_takes_the_buyers_next_turn(self, market: Market, room: Held) -> None:
        async with market.watch(room.room_id) as subscription:
            said = await market.say(room.room_id, "@Gadget Hub what about 800?")
            events = await subscription.until("buyer_message")

        spoke = events[-1].data
        assert spoke["message_id"] == said["message_id"]
        assert spoke["message"] == spoke["content"] == "@Gadget Hub what about 800?"
        assert spoke["sender_id"] == room.buyer_id
        assert (spoke["sender_name"], spoke["sender_type"]) == ("Alice", "buyer")
        assert spoke["mentioned_sellers"] == [room.sellers[1]]
        assert (spoke["round"], spoke["turn_number"]) == (1, 1)

    async def test_only_those_it_names_answer(self, market: Market) -> None:
        made = await market.initialize(marketplace(pace_seconds=0.1, min_rounds=5))
        room_id, sellers = made["negotiation_rooms"][0]["room_id"], made["seller_ids"]
        await market.start(room_id)
        async with market.watch(room_id) as subscription:
            said = await market.say(room_id, "@Bargain Barn only")
            while (await subscription.until("buyer_message"))[-1].data["message_id"] != said[
                "message_id"
            ]:
                pass
            round_of_it = await subscription.until("round_start")

        answers = named(round_of_it, "seller_response")
        assert [one["seller_id"] for one in answers] == [sellers[2]]
        await market.delete(made["session_id"])

    async def test_stands_in_the_state(self, market: Market, room: Held) -> None:
        async with market.watch(room.room_id) as subscription:
            said = await market.say(room.room_id, "@TechStore hello")
            await subscription.until("buyer_message")

        line = (await market.state(room.room_id))["conversation_history"][0]

        assert line["message_id"] == said["message_id"]
        assert line["mentioned_agents"] == [room.sellers[0]]

    async def test_text_is_kept_as_it_was_written(self, market: Market, room: Held) -> None:
        text = ' <b>"quoted"</b> {{ 7 * 7 }} \N{SHOPPING TROLLEY} \u200b é̂ ' + "x" * 900
        async with market.watch(room.room_id) as subscription:
            await market.say(room.room_id, text)
            events = await subscription.until("buyer_message")

        assert events[-1].data["message"].strip() == text.strip()

    @pytest.mark.parametrize("length", [1, 1000])
    async def test_lengths(self, market: Market, room: Held, length: int) -> None:
        await market.say(room.room_id, "x" * length)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"message": ""},
            {"message": "   "},
            {"message": "\u200b"},
            {"message": "x" * 1001},
            {"message": None},
            {"message": 7},
            {"message": ["x"]},
            {"message": "a\0b"},
            {"text": "Hello"},
            [],
            None,
        ],
    )
    async def test_what_is_no_message(self, market: Market, room: Held, body: object) -> None:
        path = f"/api/v1/negotiation/{room.room_id}/message"

        refused(await market.http.post(path, json=body), 400, "VALIDATION_ERROR")

    async def test_to_a_room_that_does_not_negotiate(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        room_id = made["negotiation_rooms"][0]["room_id"]
        path = f"/api/v1/negotiation/{room_id}/message"

        refused(await market.http.post(path, json={"message": "Hi"}), 409, "NEGOTIATION_NOT_ACTIVE")
        await market.play(room_id)
        refused(await market.http.post(path, json={"message": "Hi"}), 409, "NEGOTIATION_NOT_ACTIVE")

    async def test_many_at_once(self, market: Market, room: Held) -> None:
        path = f"/api/v1/negotiation/{room.room_id}/message"
        responses = await asyncio.gather(
            *(market.http.post(path, json={"message": f"Number {n}"}) for n in range(30))
        )

        codes = {response.status_code for response in responses}
        assert codes <= {202, 409}
        for response in responses:
            if response.status_code == 409:
                refused(response, 409, "TOO_MANY_MESSAGES")
        assert sum(response.status_code == 202 for response in responses) >= 20


class TestDecide:
    async def test_a_deal(self, market: Market, room: Held) -> None:
        outcome = await market.decide(room.room_id, **room.deal, decision_reason="I like them")

        UUID(outcome.pop("outcome_id"))
        assert outcome == {
            "decision_type": "deal",
            "selected_seller_id": room.sellers[0],
            "final_price": 900,
            "quantity": 2,
            "total_cost": 1800,
            "decision_reason": "I like them",
        }

    async def test_no_deal(self, market: Market, room: Held) -> None:
        outcome = await market.decide(room.room_id, decision_type="no_deal")

        UUID(outcome.pop("outcome_id"))
        assert outcome.pop("decision_reason")
        assert outcome == {
            "decision_type": "no_deal",
            "selected_seller_id": None,
            "final_price": None,
            "quantity": None,
            "total_cost": None,
        }

    async def test_no_deal_takes_no_notice_of_a_deals_values(
        self, market: Market, room: Held
    ) -> None:
        values = room.deal | {"decision_type": "no_deal", "selected_seller_id": uuid4()}
        outcome = await market.decide(room.room_id, **values)

        assert outcome["final_price"] is None

    async def test_takes_no_body_and_any_body(self, market: Market) -> None:
        for content, headers in (
            (None, {}),
            (b"", {"content-type": "application/json"}),
            (b"{}", {"content-type": "application/json"}),
            (b"nonsense", {}),
        ):
            room = await hold(market)
            path = f"/api/v1/negotiation/{room.room_id}/decide?decision_type=no_deal"
            answer(await market.http.post(path, content=content, headers=headers))

    async def test_the_live_stream_gets_decision_and_end(self, market: Market, room: Held) -> None:
        async with market.watch(room.room_id) as subscription:
            await subscription.until("round_start")
            outcome = await market.decide(room.room_id, **room.deal)
            rest = await subscription.rest()

        assert names(rest) == ["decision", "negotiation_complete"]
        decision, end = rest[0].data, rest[1].data
        assert decision["decision"] == "accept"
        assert decision["outcome_id"] == outcome["outcome_id"]
        assert decision["chosen_seller_id"] == room.sellers[0]
        assert decision["chosen_seller_name"] == "TechStore"
        assert (decision["final_price"], decision["final_quantity"]) == (900, 2)
        assert (decision["total_cost"], decision["round"]) == (1800, 1)
        assert (end["outcome"], end["selected_seller_id"]) == ("deal", room.sellers[0])
        assert end["final_offer"] == {"price": 900, "quantity": 2}

    async def test_of_no_deal_on_the_stream(self, market: Market, room: Held) -> None:
        async with market.watch(room.room_id) as subscription:
            await subscription.until("round_start")
            await market.decide(room.room_id, decision_type="no_deal")
            rest = await subscription.rest()

        assert rest[0].data["decision"] == "no_deal"
        assert (rest[1].data["outcome"], rest[1].data["final_offer"]) == ("no_deal", None)

    async def test_it_is_what_summary_log_and_session_tell(
        self, market: Market, room: Held
    ) -> None:
        await market.decide(room.room_id, **room.deal, decision_reason="because")

        summary = await market.summary(room.session_id)
        log = await market.log(room.session_id, room.room_id)
        session = await market.session(room.session_id)

        assert summary["purchases"][0]["selected_seller"] == "TechStore"
        assert summary["purchases"][0]["total_cost"] == 1800
        assert log["decision"]["reason"] == "because"
        assert log["decision"]["final_price"] == 900
        assert session["status"] == "completed"
        assert session["rooms"][0]["final_deal"]["price_per_unit"] == 900

    async def test_a_second_one_is_refused_and_changes_nothing(
        self, market: Market, room: Held
    ) -> None:
        await market.decide(room.room_id, **room.deal)
        before = await market.log(room.session_id, room.room_id)

        for query in (room.deal | {"quantity": 1}, {"decision_type": "no_deal"}):
            response = await market.deciding(room.room_id, **query)
            refused(response, 409, "NEGOTIATION_ALREADY_DECIDED")

        assert await market.log(room.session_id, room.room_id) == before

    async def test_several_at_once_are_one(self, market: Market, room: Held) -> None:
        answers = await asyncio.gather(
            *(market.deciding(room.room_id, decision_type="no_deal") for _ in range(6))
        )

        assert sorted(a.status_code for a in answers) == [200, *[409] * 5]

    async def test_of_a_room_that_was_not_started(self, market: Market) -> None:
        room = await hold(market)

        await market.decide(room.room_id, **room.deal)

        events = await market.events(room.room_id)
        assert names(events) == ["connected", "decision", "negotiation_complete"]
        assert events[1].data["round"] == 0

    async def test_of_a_room_that_came_to_its_own_end(self, market: Market) -> None:
        made = await market.initialize(marketplace())
        room_id = made["negotiation_rooms"][0]["room_id"]
        await market.play(room_id)

        response = await market.deciding(room_id, decision_type="no_deal")

        refused(response, 409, "NEGOTIATION_ALREADY_DECIDED")

    async def test_of_a_room_that_nobody_can_serve(self, market: Market) -> None:
        room = await hold(market, items=[item("Moon")])

        response = await market.deciding(room.room_id, decision_type="no_deal")

        refused(response, 409, "NO_SELLERS_AVAILABLE")

    async def test_a_decided_room_can_be_started_again(self, market: Market, room: Held) -> None:
        await market.decide(room.room_id, decision_type="no_deal")
        await market.start(room.room_id)

        assert (await market.session(room.session_id))["status"] == "active"

    @pytest.mark.parametrize("price", [700, 1100, 700.01])
    @pytest.mark.parametrize("quantity", [1, 2])
    async def test_limits_that_hold(self, market: Market, price: float, quantity: int) -> None:
        room = await hold(market)
        deal = room.deal | {"final_price_per_unit": price, "quantity": quantity}

        assert (await market.decide(room.room_id, **deal))["final_price"] == price

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"final_price_per_unit": 699.99}, "final_price_per_unit"),
            ({"final_price_per_unit": 1100.01}, "final_price_per_unit"),
            ({"final_price_per_unit": -1}, "final_price_per_unit"),
            ({"final_price_per_unit": "NaN"}, "final_price_per_unit"),
            ({"final_price_per_unit": "Infinity"}, "final_price_per_unit"),
            ({"final_price_per_unit": "1e400"}, "final_price_per_unit"),
            ({"final_price_per_unit": "cheap"}, "final_price_per_unit"),
            ({"final_price_per_unit": ""}, "final_price_per_unit"),
            ({"quantity": 0}, "quantity"),
            ({"quantity": 3}, "quantity"),
            ({"quantity": -1}, "quantity"),
            ({"quantity": 1.5}, "quantity"),
            ({"quantity": "two"}, "quantity"),
            ({"selected_seller_id": "42"}, "selected_seller_id"),
            ({"selected_seller_id": str(uuid4())}, "selected_seller_id"),
            ({"decision_type": "maybe"}, "decision_type"),
            ({"decision_type": ""}, "decision_type"),
            ({"decision_reason": "x" * 1001}, "decision_reason"),
        ],
    )
    async def test_limits_that_are_broken(self, market: Market, changed: Json, field: str) -> None:
        room = await hold(market)
        response = await market.deciding(room.room_id, **room.deal | changed)

        error = refused(response, 400, "VALIDATION_ERROR")
        assert fields_of(error) == {field}
        await market.decide(room.room_id, **room.deal)

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            (
                {"final_price_per_unit": 699.99},
                "final_price_per_unit should be from 700.00 to 1100.00, got 699.99",
            ),
            ({"quantity": 3}, "quantity should be from 1 to 2, got 3"),
        ],
    )
    async def test_limits_are_told(self, market: Market, changed: Json, told: str) -> None:
        room = await hold(market)
        response = await market.deciding(room.room_id, **room.deal | changed)

        assert refused(response, 400, "VALIDATION_ERROR")["message"] == told

    async def test_without_a_type(self, market: Market) -> None:
        room = await hold(market)
        response = await market.http.post(f"/api/v1/negotiation/{room.room_id}/decide")

        assert fields_of(refused(response, 400, "VALIDATION_ERROR")) == {"decision_type"}

    async def test_all_that_a_deal_lacks_is_listed(self, market: Market) -> None:
        room = await hold(market)
        response = await market.deciding(room.room_id, decision_type="deal")

        error = refused(response, 400, "VALIDATION_ERROR")
        assert fields_of(error) == {"selected_seller_id", "final_price_per_unit", "quantity"}

    async def test_more_than_the_seller_has(self, market: Market) -> None:
        room = await hold(market)
        response = await market.deciding(room.room_id, **room.deal | {"quantity": 11})

        refused(response, 422, "INSUFFICIENT_INVENTORY")

    async def test_a_seller_that_takes_no_part(self, market: Market) -> None:
        room = await hold(market, sellers=[*three_sellers(), seller("Desks", stock("Desk"))])
        deal = room.deal | {"selected_seller_id": room.sellers[3]}

        error = refused(await market.deciding(room.room_id, **deal), 400, "VALIDATION_ERROR")

        assert fields_of(error) == {"selected_seller_id"}

    async def test_below_the_sellers_least_is_the_operators_right(self, market: Market) -> None:
        """The contract bounds a forced deal by the buyer's limits alone."""
        room = await hold(market)
        deal = room.deal | {"final_price_per_unit": 700}

        assert (await market.decide(room.room_id, **deal))["total_cost"] == 1400

    async def test_decimals_are_exact(self, market: Market) -> None:
        items = [item(quantity=3, low=0.05, high=0.5)]
        sellers = [seller("A", stock(cost=0.01, least=0.1, selling=0.4))]
        room = await hold(market, items=items, sellers=sellers)
        deal = room.deal | {"final_price_per_unit": "0.1", "quantity": 3}

        assert (await market.decide(room.room_id, **deal))["total_cost"] == 0.3


@pytest.mark.parametrize("seed", range(3))
async def test_people_and_agents_all_at_once(market: Market, seed: int) -> None:
    """Whoever is too late is told so; nobody waits for each other, nothing breaks."""
    made = await market.initialize(
        marketplace(pace_seconds=0.005, min_rounds=8, seed=seed)
    )  # fmt: skip
    room_id = made["negotiation_rooms"][0]["room_id"]
    base = f"/api/v1/negotiation/{room_id}"
    await market.start(room_id)
    async with market.watch(room_id) as subscription:
        calls = [
            *(market.http.post(f"{base}/message", json={"message": "Hi"}) for _ in range(15)),
            *(market.http.post(f"{base}/start") for _ in range(3)),
            *(market.deciding(room_id, decision_type="no_deal") for _ in range(3)),
            *(market.http.get(f"{base}/state") for _ in range(5)),
        ]
        answers = await asyncio.gather(*calls)
        events = await subscription.rest()
    gone = await asyncio.gather(
        *(market.http.delete(f"/api/v1/simulation/{made['session_id']}") for _ in range(3)),
        *(market.http.post(f"{base}/start") for _ in range(3)),
    )

    assert {response.status_code for response in answers} <= {200, 202, 409}
    assert {response.status_code for response in gone} <= {200, 404, 409}
    assert names(events).count("negotiation_complete") == 1


async def test_a_message_that_agents_who_never_wait_find_at_their_end(
    run_market: RunMarket, clean_address: Address
) -> None:
    """It is being stored while the whole run is played, so that the run's own events, which come
    second, no longer fit: the run goes on from the message."""
    async with (
        run_market(RUN_WORKER="false") as market,
        await psycopg.AsyncConnection.connect(clean_address.libpq) as connection,
    ):
        made = await market.initialize(marketplace())
        room_id = made["negotiation_rooms"][0]["room_id"]
        run_id = (await market.start(room_id))["run_id"]
        payload = {"message_id": str(uuid4()), "text": "Hi", "mentioned": []}
        await connection.execute(
            "INSERT INTO room_events (room_id, seq, run_id, type, payload, at) "
            "VALUES (%s, 1, %s, 'message_queued', %s, now())",
            (room_id, run_id, Jsonb(payload)),
        )
        async with run_market():
            while not await _waits_for_a_lock(connection):
                await asyncio.sleep(0.01)
            await connection.commit()
            events = await market.events(room_id)

    assert names(events)[-1] == "negotiation_complete"
    assert named(events, "buyer_message")[0]["message_id"] == payload["message_id"]


async def _waits_for_a_lock(connection: psycopg.AsyncConnection) -> bool:
    found = await connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
    return await found.fetchone() is not None
