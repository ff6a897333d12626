"""Contract §6: what goes wrong at a vendor, and what a room makes of it."""

import asyncio
import json
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.rows import dict_row

from app.db import Address
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI
from tests.functional.client import Event, Json, Market, named, names
from tests.functional.conftest import RunMarket
from tests.functional.marketplaces import marketplace
from tests.functional.vendor import openrouter, player, seat

QUICK = {
    "LLM_CONNECT_TIMEOUT": "1",
    "LLM_FIRST_TOKEN_TIMEOUT": "1.5",
    "LLM_IDLE_TIMEOUT": "1.5",
    "LLM_TOTAL_TIMEOUT": "4",
}

UNAVAILABLE, TIMEOUT, BAD_GATEWAY = (
    "LLM_PROVIDER_UNAVAILABLE",
    "LLM_TIMEOUT",
    "LLM_BAD_GATEWAY",
)


@pytest.fixture
async def second_vendor() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(reply=negotiate) as fake:
        yield fake


def by_models(model: str = "vendor/model-1", **more: object) -> Json:
    config = {"model": model, "temperature": 0.25, "max_tokens": 321}
    return marketplace(**{"llm_config": config, **more})  # type: ignore[arg-type]


async def room_of(market: Market, body: Json) -> tuple[str, str]:
    """The session and its room."""
    made = await market.initialize(body)
    return made["session_id"], made["negotiation_rooms"][0]["room_id"]


def assert_failed(events: list[Event], code: str) -> None:
    assert names(events)[-3:] == ["error", "decision", "negotiation_complete"]
    error, decision, end = (event.data for event in events[-3:])
    assert error["error_code"] == code
    assert error["message"]
    assert decision["decision"] == "no_deal"
    assert decision["chosen_seller_id"] is None
    assert (end["outcome"], end["final_offer"]) == ("aborted", None)
    assert names(events).count("error") == 1


class TestEveryModelIsDown:
    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ("refuse", UNAVAILABLE),
            ("status-500", UNAVAILABLE),
            ("status-503", UNAVAILABLE),
            ("status-429-after-60", UNAVAILABLE),
            ("error-first", UNAVAILABLE),
            ("silence", TIMEOUT),
            ("silence-after-headers", TIMEOUT),
            ("silence-in-mid-answer", TIMEOUT),
            ("tokens-for-ever", TIMEOUT),
            ("html", BAD_GATEWAY),
            ("garbage", BAD_GATEWAY),
            ("empty-answer", BAD_GATEWAY),
            ("status-400", BAD_GATEWAY),
            ("status-401", BAD_GATEWAY),
            ("cut", BAD_GATEWAY),
        ],
    )
    async def test_the_room_says_why_and_can_be_started_again(
        self, run_market: RunMarket, vendor: FakeOpenAI, fault: str, code: str
    ) -> None:
        vendor.fault = fault
        async with run_market(**openrouter(vendor), **QUICK) as market:
            session_id, room_id = await room_of(market, by_models())
            assert (await market.start(room_id))["status"] == "active"
            failed = await market.events(room_id)
            state = await market.state(room_id)
            summary = await market.summary(session_id)
            log = await market.log(session_id, room_id)
            session = await market.session(session_id)
            vendor.fault = "ok"
            again = await market.play(room_id)

        assert_failed(failed, code)
        assert state["status"] == "aborted"
        assert session["status"] == "completed"
        assert summary["failed_items"][0]["reason"] == failed[-1].data["reason"]
        assert log["decision"]["decision_type"] == "no_deal"
        assert again[-1].data["outcome"] == "deal"

    async def test_nobody_listens_at_the_address(self, run_market: RunMarket) -> None:
        away = {"OPENROUTER_API_KEY": "sk-x", "OPENROUTER_BASE_URL": "http://127.0.0.1:9/v1"}
        async with run_market(**away) as market:
            _, room_id = await room_of(market, by_models())
            assert_failed(await market.play(room_id), UNAVAILABLE)

    async def test_no_key_is_told(self, run_market: RunMarket, vendor: FakeOpenAI) -> None:
        vendor.fault = "echo-key"
        async with run_market(**openrouter(vendor)) as market:
            session_id, room_id = await room_of(market, by_models())
            events = await market.play(room_id)
            log = await market.log(session_id, room_id)

        assert_failed(events, BAD_GATEWAY)
        assert "sk-canary" not in json.dumps([[event.data for event in events], log])

    async def test_in_the_middle_of_a_negotiation(
        self, run_market: RunMarket, vendor: FakeOpenAI
    ) -> None:
        async def fail_later() -> None:
            vendor.fault = "ok" if len(vendor.calls) <= 5 else "status-500"

        vendor.before_answer = fail_later
        async with run_market(**openrouter(vendor)) as market:
            session_id, room_id = await room_of(market, by_models())
            events = await market.play(room_id)
            summary = await market.summary(session_id)

        assert_failed(events, UNAVAILABLE)
        assert events[-2].data["round"] == 2
        assert summary["negotiation_metrics"]["total_messages_exchanged"] >= 5

    async def test_every_failed_call_leaves_a_row(
        self, run_market: RunMarket, vendor: FakeOpenAI, clean_address: Address
    ) -> None:
        vendor.fault = "status-500"
        async with run_market(**openrouter(vendor)) as market:
            _, room_id = await room_of(market, by_models())
            await market.play(room_id)

        with psycopg.connect(clean_address.libpq, row_factory=dict_row) as connection:
            [row] = connection.execute("SELECT * FROM llm_calls").fetchall()
        assert (row["status"], row["error"]) == ("error", UNAVAILABLE)
        assert (row["task"], row["asked"]) == ("buyer_turn", "openrouter:vendor/model-1")
        assert len(row["attempts"]) == len(vendor.calls)


class TestPassingTrouble:
    @pytest.mark.parametrize("fault", ["status-500", "cut", "refuse", "garbage"])
    async def test_is_a_notice_and_the_room_goes_on(
        self, run_market: RunMarket, vendor: FakeOpenAI, fault: str
    ) -> None:
        vendor.faults.append(fault)
        async with run_market(**openrouter(vendor)) as market:
            _, room_id = await room_of(market, by_models())
            events = await market.play(room_id)

        [notice] = named(events, "notice")
        assert notice["code"] in {UNAVAILABLE, BAD_GATEWAY}
        assert notice["seat"] == "buyer"
        assert "error" not in names(events)
        assert events[-1].data["outcome"] == "deal"

    async def test_a_seller_that_no_model_speaks_for_passes(
        self, run_market: RunMarket, vendor: FakeOpenAI
    ) -> None:
        async def fail_one() -> None:
            down = player(vendor.calls[-1]) == "TechStore"
            vendor.fault = "status-500" if down else "ok"

        vendor.before_answer = fail_one
        async with run_market(**openrouter(vendor)) as market:
            _, room_id = await room_of(market, by_models())
            events = await market.play(room_id)

        assert {notice["seat_name"] for notice in named(events, "notice")} == {"TechStore"}
        codes = {notice["code"] for notice in named(events, "notice")}
        assert codes == {UNAVAILABLE, "TURN_PASSED"}
        assert "error" not in names(events)
        assert events[-1].data["outcome"] == "deal"

    async def test_only_when_no_seller_can_answer_it_is_fatal(
        self, run_market: RunMarket, vendor: FakeOpenAI
    ) -> None:
        async def fail_sellers() -> None:
            down = seat(vendor.calls[-1]) == "seller"
            vendor.fault = "status-500" if down else "ok"

        vendor.before_answer = fail_sellers
        async with run_market(**openrouter(vendor)) as market:
            _, room_id = await room_of(market, by_models())
            events = await market.play(room_id)

        assert_failed(events, UNAVAILABLE)

    async def test_the_chain_takes_over_with_its_own_model_names(
        self, run_market: RunMarket, vendor: FakeOpenAI, second_vendor: FakeOpenAI
    ) -> None:
        vendor.fault = "status-500"
        environment = {
            **openrouter(vendor),
            "LM_STUDIO_BASE_URL": second_vendor.base_url,
            "LLM_CHAIN": "lm_studio:local/model:7b",
        }
        async with run_market(**environment) as market:
            _, room_id = await room_of(market, by_models())
            events = await market.play(room_id)

        assert events[-1].data["outcome"] == "deal"
        assert {body["model"] for body in vendor.calls} == {"vendor/model-1"}
        assert len(second_vendor.calls) == 9
        for body in second_vendor.calls:
            assert body["model"] == "local/model:7b"
            assert (body["temperature"], body["max_tokens"]) == (0.25, 321)
        assert {notice["code"] for notice in named(events, "notice")} == {UNAVAILABLE}
        assert "error" not in names(events)

    async def test_a_chain_of_a_task(
        self, run_market: RunMarket, vendor: FakeOpenAI, second_vendor: FakeOpenAI
    ) -> None:
        async def fail_sellers() -> None:
            down = seat(vendor.calls[-1]) == "seller"
            vendor.fault = "status-500" if down else "ok"

        vendor.before_answer = fail_sellers
        environment = {
            **openrouter(vendor),
            "LM_STUDIO_BASE_URL": second_vendor.base_url,
            "LLM_CHAIN_SELLER_TURN": "lm_studio:for-sellers",
        }
        async with run_market(**environment) as market:
            _, room_id = await room_of(market, by_models())
            events = await market.play(room_id)

        assert events[-1].data["outcome"] == "deal"
        assert {(seat(body), body["model"]) for body in second_vendor.calls} == {
            ("seller", "for-sellers")
        }

    async def test_when_the_whole_chain_fails_every_attempt_is_told(
        self, run_market: RunMarket, vendor: FakeOpenAI, second_vendor: FakeOpenAI
    ) -> None:
        vendor.fault, second_vendor.fault = "status-500", "html"
        environment = {
            **openrouter(vendor),
            "LM_STUDIO_BASE_URL": second_vendor.base_url,
            "LLM_CHAIN": "lm_studio:local",
        }
        async with run_market(**environment) as market:
            _, room_id = await room_of(market, by_models())
            events = await market.play(room_id)

        assert_failed(events, BAD_GATEWAY)
        message = named(events, "error")[0]["message"]
        assert "openrouter:vendor/model-1" in message
        assert "lm_studio:local" in message


@pytest.mark.parametrize(("fault", "code"), [("status-401", BAD_GATEWAY), ("refuse", UNAVAILABLE)])
async def test_a_room_that_was_started_in_vain_many_times(
    run_market: RunMarket, vendor: FakeOpenAI, fault: str, code: str
) -> None:
    vendor.fault = fault
    async with run_market(**openrouter(vendor)) as market:
        _, room_id = await room_of(market, by_models())
        for _ in range(6):
            assert_failed(await market.play(room_id), code)
        vendor.fault = "ok"

        assert (await market.play(room_id))[-1].data["outcome"] == "deal"


async def test_the_time_runs_out_while_a_model_thinks(
    run_market: RunMarket, vendor: FakeOpenAI
) -> None:
    vendor.fault = "silence"
    async with run_market(**openrouter(vendor)) as market:
        _, room_id = await room_of(market, by_models(timeout_minutes=1.5 / 60))
        events = await market.play(room_id)
        await asyncio.wait_for(vendor.chats[-1].hung_up(), 30)

    assert "error" not in names(events)
    assert events[-2].data["decision"] == "no_deal"
    assert events[-1].data["outcome"] == "no_deal"
