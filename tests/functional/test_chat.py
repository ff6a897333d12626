"""Conversations from outside: what is said, what is heard, what is kept, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from app.chat.limits import MESSAGE_BYTES
from app.db import Address
from app.kit.ids import new_id
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service
from tests.functional.client import Market
from tests.functional.talk import ALONE, Talk
from tests.functional.vendor import openrouter

MODEL = "openrouter:vendor/model"
SMALL = "openrouter:google/gemma-2-9b-it:free"
"""Takes 8,192 tokens, as the shipped catalogue has it."""


@pytest.fixture
async def model() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def talk(run_service: RunService, model: FakeOpenAI) -> AsyncIterator[Talk]:
    async with run_service(**openrouter(model), **ALONE, LLM_CHAIN_CHAT=MODEL) as service:
        yield Talk(service.http)


def rows(address: Address, table: str) -> list[dict[str, Any]]:
    with psycopg.connect(address.libpq, row_factory=dict_row) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # our own words


class TestSaying:
    async def test_the_answer_is_a_stream_of_events(self, talk: Talk, model: FakeOpenAI) -> None:
        answer = await talk.say("Hello")

        assert answer.names == ["start", "content", "usage", "done"]
        assert answer.start["model"] == MODEL
        assert answer.text == "Hello from the fake model."
        [usage] = answer.of("usage")
        assert usage["completion_tokens"] > 0
        assert usage["prompt_tokens"] > 0
        assert usage["saved_tokens"] == 0
        assert answer.last == {
            "type": "done",
            "message_id": answer.message_id,
            "finish_reason": "stop",
        }
        assert answer.headers["x-parley-generation"] == answer.generation_id
        [sent] = model.calls
        assert [message["role"] for message in sent["messages"]] == ["system", "user"]
        assert sent["messages"][-1]["content"] == "Hello"

    async def test_what_is_counted_is_what_the_vendor_counts(
        self, talk: Talk, model: FakeOpenAI
    ) -> None:
        model.usage = {"prompt_tokens": 1234, "completion_tokens": 56, "cost": 0.0789}
        [usage] = (await talk.say("Hello")).of("usage")

        assert (usage["prompt_tokens"], usage["completion_tokens"]) == (1234, 56)
        assert usage["cost_usd"] == 0.0789

    async def test_a_conversation_goes_on(self, talk: Talk, model: FakeOpenAI) -> None:
        first = await talk.say("I am Ada.")
        for spelling in ("conversation_id", "conversationId"):
            model.reply = lambda body: f"{len(body['messages'])} messages."
            await talk.say("Who am I?", **{spelling: first.conversation_id})

        said = [(m["role"], m["content"]) for m in model.calls[-1]["messages"][1:]]
        assert said == [
            ("user", "I am Ada."),
            ("assistant", "Hello from the fake model."),
            ("user", "Who am I?"),
            ("assistant", "4 messages."),
            ("user", "Who am I?"),
        ]

    async def test_options_reach_the_model(self, talk: Talk, model: FakeOpenAI) -> None:
        options = {"model": "openrouter:other", "temperature": 1.5, "max_tokens": 77}
        answer = await talk.say("Hello", template="concise", **options)

        [sent] = model.calls
        assert (sent["model"], sent["temperature"], sent["max_tokens"]) == ("other", 1.5, 77)
        assert answer.start["model"] == "openrouter:other"

    async def test_templates_differ(self, talk: Talk, model: FakeOpenAI) -> None:
        for template in ("casual", "technical", "creative", "concise"):
            await talk.say("Hello", template=template)

        assert len({sent["messages"][0]["content"] for sent in model.calls}) == 4

    async def test_without_any_model_the_built_in_one_answers(self, service: Service) -> None:
        answer = await Talk(service.http).say("Hello")

        assert answer.start["model"] == "offline:assistant"
        assert "No language model is configured" in answer.text
        assert answer.of("usage")[0]["cost_usd"] == 0
        assert answer.last["finish_reason"] == "stop"

    @pytest.mark.parametrize("named", [{}, {"model": "auto"}, {"model": "fake-small"}])
    async def test_a_local_server_answers_though_nobody_knew_its_models(
        self, run_service: RunService, model: FakeOpenAI, named: dict[str, str]
    ) -> None:
        async with run_service(LM_STUDIO_BASE_URL=model.base_url, **ALONE) as service:
            answer = await Talk(service.http).say("Hello", **named)

        assert answer.start["model"].startswith("lm_studio:")
        assert answer.text == "Hello from the fake model."

    async def test_the_built_in_one_quotes_what_is_remembered(self, service: Service) -> None:
        told = {"subject": "home", "text": "Lives in Lisbon by the river."}
        added = await service.http.post("/api/memories", json=told)
        assert added.status_code == 201, added.text
        talk = Talk(service.http)
        answers = [await talk.say("What is my home?", remember=each) for each in (True, False)]

        assert ["Lives in Lisbon" in answer.text for answer in answers] == [True, False]

    async def test_thoughts_are_told_apart(self, talk: Talk, model: FakeOpenAI) -> None:
        model.fault = "thinking"
        answer = await talk.say("Hello")

        assert answer.names == ["start", "reasoning", "content", "usage", "done"]
        assert "".join(event["content"] for event in answer.of("reasoning")) == "Hm, yes"

    async def test_a_long_message_of_every_allowed_byte(
        self, run_service: RunService, model: FakeOpenAI
    ) -> None:
        chain = {"LLM_CHAIN_CHAT": MODEL, "CHAT_WINDOW": "200000"}
        async with run_service(**openrouter(model), **ALONE, **chain) as service:
            answer = await Talk(service.http).say("é" * (MESSAGE_BYTES // 2))

        assert answer.last["type"] == "done"

    async def test_the_row_has_the_figures_of_the_ledger(
        self, run_service: RunService, model: FakeOpenAI, clean_address: Address
    ) -> None:
        async with run_service(**openrouter(model), **ALONE, LLM_CHAIN_CHAT=MODEL) as service:
            answer = await Talk(service.http).say("Hello")

        [row], [call] = rows(clean_address, "generations"), rows(clean_address, "llm_calls")
        assert (row["status"], row["model"], row["notices"]) == ("done", MODEL, [])
        assert (call["id"], str(call["run_id"])) == (row["call_id"], answer.generation_id)
        assert (call["task"], call["status"]) == ("chat", "ok")
        assert row["prompt_tokens"] == answer.of("usage")[0]["prompt_tokens"]
        assert row["first_token_ms"] <= row["duration_ms"]
        assert len(row["context_key"]) == 64


class TestReading:
    async def test_a_reader_who_leaves_stops_nothing(self, talk: Talk, model: FakeOpenAI) -> None:
        model.reply, model.token_delay = (lambda body: "one two three four five"), 0.05
        async with talk.listen("POST", "/api/chat/stream", {"message": "Count"}) as (_, events):
            start = await anext(events)
        answer = await talk.hear("GET", f"/api/chat/{start['generation_id']}/stream")

        assert answer.text == "one two three four five"
        assert answer.last["finish_reason"] == "stop"

    async def test_again_is_the_same(self, talk: Talk) -> None:
        answer = await talk.say("Hello")
        again = await talk.hear("GET", f"/api/chat/{answer.generation_id}/stream")

        assert again.events == answer.events


class TestStopping:
    async def test_what_was_said_is_kept_and_the_ledger_says_cancelled(
        self, run_service: RunService, model: FakeOpenAI, clean_address: Address
    ) -> None:
        model.fault = "silence-in-mid-answer"
        async with run_service(**openrouter(model), **ALONE, LLM_CHAIN_CHAT=MODEL) as service:
            talk = Talk(service.http)
            async with talk.listen("POST", "/api/chat/stream", {"message": "Hi"}) as (_, events):
                start = await anext(events)
                said = await anext(events)
                path = f"/api/chat/{start['generation_id']}/stop"
                stopped = await service.http.post(path)
                rest = [event async for event in events]
            await asyncio.wait_for(model.chats[-1].hung_up(), 30)

        assert stopped.json()["status"] == "stopped"
        assert said["content"]
        assert [event["type"] for event in rest] == ["usage", "done"]
        assert rest[-1]["finish_reason"] == "stopped"
        [call] = rows(clean_address, "llm_calls")
        assert call["status"] == "cancelled"
        message = next(m for m in rows(clean_address, "messages") if m["role"] == "assistant")
        assert (message["status"], message["content"]) == ("stopped", said["content"])
        [row] = rows(clean_address, "generations")
        assert (row["status"], row["call_id"]) == ("stopped", call["id"])

    async def test_before_the_first_word(self, talk: Talk, model: FakeOpenAI) -> None:
        model.fault = "silence"
        async with talk.listen("POST", "/api/chat/stream", {"message": "Hi"}) as (_, events):
            start = await anext(events)
            await talk.http.post(f"/api/chat/{start['generation_id']}/stop")
            rest = [event["type"] async for event in events]

        assert rest == ["done"]
        model.fault = "ok"
        again = await talk.say("Hi", conversation_id=start["conversation_id"])
        assert again.last["finish_reason"] == "stop"


class TestRefusing:
    async def test_while_an_answer_is_being_made(self, talk: Talk, model: FakeOpenAI) -> None:
        model.fault = "silence"
        async with talk.listen("POST", "/api/chat/stream", {"message": "Hi"}) as (_, events):
            start = await anext(events)
            conversation_id = start["conversation_id"]
            error = await talk.refused(
                409, "GENERATION_ACTIVE", message="And?", conversation_id=conversation_id
            )
            await talk.http.post(f"/api/chat/{start['generation_id']}/stop")

        assert start["generation_id"] in error["message"]

    async def test_of_many_at_once_one_is_answered(self, talk: Talk, model: FakeOpenAI) -> None:
        first = await talk.say("Hello")
        model.latency = 0.2
        said = [
            talk.http.post(
                "/api/chat/stream", json={"message": "Hi", "conversationId": first.conversation_id}
            )
            for _ in range(8)
        ]
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*said))

        assert statuses == [200, *[409] * 7]
        assert len(model.calls) == 2

    @pytest.mark.parametrize("unknown", ["3fa85f64-5717-4562-b3fc-2c963f66afa6"])
    async def test_what_is_not_there(self, talk: Talk, unknown: str) -> None:
        await talk.refused(404, "CONVERSATION_NOT_FOUND", message="Hi", conversation_id=unknown)
        for path, body in (("edit", {"message": "Hi"}), ("regenerate", {})):
            answer = await talk.http.post(f"/api/chat/messages/{unknown}/{path}", json=body)
            assert failure(answer) == (404, "MESSAGE_NOT_FOUND")

    async def test_what_is_anothers(self, talk: Talk) -> None:
        answer = await talk.say("Hello")
        talk.http.headers["x-tenant-id"] = "team-blue"

        theirs = answer.conversation_id
        await talk.refused(404, "CONVERSATION_NOT_FOUND", message="Hi", conversation_id=theirs)
        path = f"/api/chat/messages/{answer.message_id}/regenerate"
        assert failure(await talk.http.post(path)) == (404, "MESSAGE_NOT_FOUND")

    async def test_a_message_too_long_for_its_model_is_told_the_numbers(
        self, run_service: RunService, model: FakeOpenAI, clean_address: Address
    ) -> None:
        async with run_service(**openrouter(model), **ALONE) as service:
            error = await Talk(service.http).refused(
                400, "MESSAGE_TOO_LONG", message="word " * 20_000, model=SMALL
            )

        assert "8192" in error["message"]
        assert SMALL in error["message"]
        assert not model.calls
        assert not rows(clean_address, "messages")

    @pytest.mark.parametrize("named", [MODEL, "offline"])
    async def test_a_model_that_nobody_knows_takes_what_the_settings_say(
        self, run_service: RunService, model: FakeOpenAI, named: str
    ) -> None:
        async with run_service(**openrouter(model), **ALONE, CHAT_WINDOW="4096") as service:
            talk = Talk(service.http)
            error = await talk.refused(
                400, "MESSAGE_TOO_LONG", message="word " * 5_000, model=named
            )
            asked = len(model.calls)
            answer = await talk.say("word " * 3_000, model=named)

        assert "takes 4096" in error["message"]
        assert not asked
        assert answer.last["type"] == "done"

    async def test_a_larger_model_of_the_chain_takes_it_and_says_so(
        self, run_service: RunService, model: FakeOpenAI
    ) -> None:
        chain = {"LLM_CHAIN_CHAT": MODEL, "CHAT_WINDOW": "200000"}
        async with run_service(**openrouter(model), **ALONE, **chain) as service:
            answer = await Talk(service.http).say("word " * 20_000, model=SMALL)

        [notice] = answer.of("notice")
        assert notice["code"] == "FALLBACK"
        assert "takes 8192 tokens" in notice["message"]


UNUSABLE: list[tuple[str, dict[str, object]]] = [
    ("message", {"message": None}),
    ("message", {"message": 7}),
    ("message", {"message": " \n"}),
    ("message", {"message": "\u200b"}),
    ("message", {"message": "é" * (MESSAGE_BYTES // 2) + "x"}),
    ("conversation_id", {"conversation_id": "seven"}),
    ("template", {"template": "poetic"}),
    ("template", {"template": "x" * 51}),
    ("model", {"model": "nobody-knows-this"}),
    ("model", {"model": "openai:gpt-5"}),
    ("model", {"model": "profile:nobody-knows-this"}),
    ("model", {"model": ""}),
    ("temperature", {"temperature": 2.1}),
    ("temperature", {"temperature": -0.1}),
    ("temperature", {"temperature": "0.7"}),
    ("temperature", {"temperature": True}),
    ("max_tokens", {"max_tokens": 0}),
    ("max_tokens", {"max_tokens": 1.5}),
    ("max_tokens", {"max_tokens": 10**7}),
    ("remember", {"remember": "yes"}),
]


@pytest.mark.parametrize(("field", "change"), UNUSABLE)
async def test_what_cannot_be_used_is_named_and_nothing_is_kept(
    market: Market, field: str, change: dict[str, object]
) -> None:
    market.http.headers["x-tenant-id"] = f"refused-{new_id()}"
    error = await Talk(market.http).refused(400, "VALIDATION_ERROR", **{"message": "Hi"} | change)
    kept = (await market.http.get("/api/conversations")).json()

    [detail] = error["details"]
    assert detail["field"].startswith(field)
    assert error["message"].startswith(field)
    assert not next(value for value in kept.values() if isinstance(value, list))


def failure(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
