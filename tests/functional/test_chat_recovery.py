"""What a conversation does when its models are busy, away or too small, and what it says of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from app.db import Address
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService
from tests.functional.talk import ALONE, Answer, Talk
from tests.functional.vendor import openrouter

FIRST, SECOND = "openrouter:vendor/first", "lm_studio:second"
BUSY = "status-429-after-60"

Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
async def first() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(reply=lambda _: "The first says so.") as fake:
        yield fake


@pytest.fixture
async def second() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(reply=lambda _: "The second says so.") as fake:
        yield fake


@pytest.fixture
async def talk(
    run_service: RunService, first: FakeOpenAI, second: FakeOpenAI
) -> AsyncIterator[Talk]:
    """With two models in the chain, each at a vendor of its own."""
    settings = {
        **openrouter(first),
        **ALONE,
        "LM_STUDIO_BASE_URL": second.base_url,
        "LLM_CHAIN_CHAT": f"{FIRST},{SECOND}",
    }
    async with run_service(**settings) as service:
        yield Talk(service.http)


@pytest.fixture
def generations(clean_address: Address) -> Told:
    def told() -> list[dict[str, Any]]:
        with psycopg.connect(clean_address.libpq, row_factory=dict_row) as connection:
            query = "SELECT * FROM generations ORDER BY started_at"
            return connection.execute(query).fetchall()

    return told


async def again(talk: Talk, answer: Answer) -> Answer:
    """The same question in the same context."""
    return await talk.hear("POST", f"/api/chat/messages/{answer.message_id}/regenerate")


async def test_a_short_wait_is_waited(talk: Talk, first: FakeOpenAI, generations: Told) -> None:
    first.faults.append("status-429-after-0.1")
    answer = await talk.say("Hello")

    assert (answer.notices, answer.text) == (["WAITED"], "The first says so.")
    assert answer.names == ["start", "notice", "content", "usage", "done"]
    assert generations()[0]["notices"] == ["WAITED"]


@pytest.mark.parametrize("fault", [BUSY, "status-503", "refuse", "status-401", "html"])
async def test_the_next_model_takes_over(
    talk: Talk, first: FakeOpenAI, generations: Told, fault: str
) -> None:
    first.fault = fault
    answer = await talk.say("Hello")

    assert (answer.notices, answer.text) == (["FALLBACK"], "The second says so.")
    assert answer.start["model"] == FIRST
    [notice] = answer.of("notice")
    assert notice["message"].startswith(f"{SECOND} answers in place of {FIRST}")
    [row] = generations()
    assert (row["model"], row["notices"], row["status"]) == (SECOND, ["FALLBACK"], "done")
    page = await talk.http.get(f"/api/conversations/{answer.conversation_id}/messages")
    assert page.json()["messages"][-1]["notices"] == ["FALLBACK"]


async def test_it_says_so_also_when_it_has_learnt_to_ask_the_other_first(
    talk: Talk, first: FakeOpenAI
) -> None:
    first.fault = "status-503"
    answers = [await talk.say("Hello") for _ in range(6)]

    assert [answer.notices for answer in answers] == [["FALLBACK"]] * 6
    assert {answer.start["model"] for answer in answers} == {FIRST}
    assert answers[-1].of("notice")[0]["message"] == f"{SECOND} answers in place of {FIRST}"
    assert len(first.calls) < 6 * len(answers)


async def test_a_cheaper_one_of_the_catalogue_when_all_are_busy(
    talk: Talk, first: FakeOpenAI, second: FakeOpenAI, generations: Told
) -> None:
    first.faults.append(BUSY)
    second.fault = BUSY
    answer = await talk.say("Hello")

    assert (answer.notices, answer.text) == (["CHEAPER"], "The first says so.")
    [row] = generations()
    assert row["model"].startswith("openrouter:")
    assert row["model"].endswith(":free")
    assert row["notices"] == ["CHEAPER"]


async def test_a_context_too_long_is_made_smaller(
    talk: Talk, first: FakeOpenAI, generations: Told
) -> None:
    first.reply = lambda _: "word " * 400
    began = await talk.say("word " * 400)
    for _ in range(3):
        await talk.say("word " * 400, conversation_id=began.conversation_id)
    first.reply = lambda _: "The first says so."
    answer = await talk.say(
        "And now?", conversation_id=began.conversation_id, model="openrouter:context-1500"
    )

    assert (answer.notices, answer.text) == (["COMPRESSED"], "The first says so.")
    assert answer.of("usage")[0]["saved_tokens"] > 1500
    assert generations()[-1]["saved_tokens"] == answer.of("usage")[0]["saved_tokens"]
    assert first.calls[-1]["messages"][-1]["content"] == "And now?"


async def test_what_was_answered_before_is_repeated_when_all_are_down(
    talk: Talk, first: FakeOpenAI, second: FakeOpenAI, generations: Told
) -> None:
    answer = await talk.say("Hello")
    first.fault = second.fault = BUSY
    repeated = [await again(talk, answer) for _ in range(2)]

    for each in repeated:
        assert each.notices == ["CACHED_ANSWER"]
        assert each.text == answer.text
        assert each.names == ["start", "notice", "content", "usage", "done"]
        assert FIRST in each.of("notice")[0]["message"]
        assert "ago" in each.of("notice")[0]["message"]
    assert [row["status"] for row in generations()] == ["done"] * 3
    assert len({row["context_key"] for row in generations()}) == 1


async def test_not_what_was_answered_in_another_context_or_to_others(
    talk: Talk, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    answer = await talk.say("Hello")
    first.fault = second.fault = BUSY
    other = await talk.say("Hello", conversation_id=answer.conversation_id)
    talk.http.headers["x-tenant-id"] = "team-blue"
    theirs = await talk.say("Hello")

    assert [other.last["type"], theirs.last["type"]] == ["error", "error"]


async def test_nor_what_was_only_half_an_answer(
    talk: Talk, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    first.fault = "cut"
    half = await talk.say("Hello")
    first.fault = second.fault = BUSY

    assert (await again(talk, half)).last["type"] == "error"


@pytest.mark.parametrize(
    ("fault", "code", "retryable"),
    [
        (BUSY, "LLM_PROVIDER_UNAVAILABLE", True),
        ("html", "LLM_BAD_GATEWAY", True),
        ("status-400", "LLM_BAD_GATEWAY", False),
        ("status-401", "LLM_BAD_GATEWAY", False),
    ],
)
async def test_else_the_error_says_what_was_tried(
    talk: Talk,
    first: FakeOpenAI,
    second: FakeOpenAI,
    generations: Told,
    fault: str,
    code: str,
    retryable: bool,
) -> None:
    first.fault = second.fault = fault
    answer = await talk.say("Hello")

    assert answer.names == ["start", "error"]
    assert (answer.last["error_code"], answer.last["retryable"]) == (code, retryable)
    assert FIRST in answer.last["message"]
    assert SECOND in answer.last["message"]
    [row] = generations()
    assert (row["status"], row["error_code"]) == ("failed", code)


async def test_a_refused_question_is_not_answered_from_before(
    talk: Talk, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    answer = await talk.say("Hello")
    first.fault = second.fault = "status-400"

    assert (await again(talk, answer)).last["type"] == "error"


@pytest.mark.parametrize("fault", ["cut", "error-chunk", "garbage-in-mid-answer"])
async def test_what_breaks_off_ends_with_an_error_and_keeps_what_was_said(
    talk: Talk, first: FakeOpenAI, second: FakeOpenAI, fault: str
) -> None:
    first.fault = fault
    answer = await talk.say("Hello")
    first.fault = "ok"
    page = await talk.http.get(f"/api/conversations/{answer.conversation_id}/messages")
    after = await talk.say("Go on", conversation_id=answer.conversation_id)

    assert answer.names == ["start", "content", "usage", "error"]
    assert answer.text
    assert not second.calls
    [kept] = [m for m in page.json()["messages"] if m["role"] == "assistant"]
    assert (kept["status"], kept["content"]) == ("failed", answer.text)
    assert after.last["type"] == "done"


async def test_the_end_of_the_service_is_told(
    run_service: RunService, first: FakeOpenAI, generations: Told
) -> None:
    first.fault = "silence-in-mid-answer"
    async with run_service(**openrouter(first), **ALONE, LLM_CHAIN_CHAT=FIRST) as service:
        talk = Talk(service.http)
        async with talk.listen("POST", "/api/chat/stream", {"message": "Hi"}) as (_, events):
            await anext(events)
            await anext(events)
    await asyncio.wait_for(first.chats[-1].hung_up(), 30)

    [row] = generations()
    assert (row["status"], row["error_code"]) == ("failed", "SERVER_CLOSING")
