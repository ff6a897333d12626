"""Other answers to a question, and questions put otherwise: branches, of which none is lost."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest

from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService
from tests.functional.talk import ALONE, Answer, Talk
from tests.functional.vendor import openrouter


@pytest.fixture
async def model() -> AsyncIterator[FakeOpenAI]:
    """Numbers its answers."""
    numbers = count(1)
    async with FakeOpenAI(reply=lambda _: f"Answer {next(numbers)}.") as fake:
        yield fake


@pytest.fixture
async def talk(run_service: RunService, model: FakeOpenAI) -> AsyncIterator[Talk]:
    async with run_service(**openrouter(model), **ALONE, LLM_CHAIN_CHAT="openrouter:m") as service:
        yield Talk(service.http)


async def shown(talk: Talk, answer: Answer) -> list[dict[str, Any]]:
    page = await talk.http.get(f"/api/conversations/{answer.conversation_id}/messages")
    messages: list[dict[str, Any]] = page.json()["messages"]
    return messages


def contents(messages: list[dict[str, Any]]) -> list[str]:
    return [message["content"] for message in messages]


def asked(model: FakeOpenAI) -> list[str]:
    """What the last call was sent, but for the system text."""
    return [message["content"] for message in model.calls[-1]["messages"][1:]]


async def test_another_answer_stands_beside_the_first(talk: Talk, model: FakeOpenAI) -> None:
    first = await talk.say("Why?")
    path = f"/api/chat/messages/{first.message_id}/regenerate"
    other = await talk.hear("POST", path, {"temperature": 1})

    assert (first.text, other.text) == ("Answer 1.", "Answer 2.")
    assert other.conversation_id == first.conversation_id
    assert asked(model) == ["Why?"]
    assert model.calls[-1]["temperature"] == 1
    assert contents(await shown(talk, first)) == ["Why?", "Answer 2."]


async def test_by_the_question_it_is_the_same(talk: Talk, model: FakeOpenAI) -> None:
    first = await talk.say("Why?")
    question = (await shown(talk, first))[0]["id"]
    other = await talk.hear("POST", f"/api/chat/messages/{question}/regenerate")

    assert contents(await shown(talk, first)) == ["Why?", other.text]
    assert asked(model) == ["Why?"]


async def test_what_goes_on_goes_on_with_the_branch_that_is_shown(
    talk: Talk, model: FakeOpenAI
) -> None:
    first = await talk.say("Why?")
    await talk.hear("POST", f"/api/chat/messages/{first.message_id}/regenerate")
    await talk.say("Really?", conversation_id=first.conversation_id)

    assert asked(model) == ["Why?", "Answer 2.", "Really?"]


async def test_a_question_put_otherwise(talk: Talk, model: FakeOpenAI) -> None:
    first = await talk.say("Why?")
    second = await talk.say("And how?", conversation_id=first.conversation_id)
    question = (await shown(talk, first))[2]["id"]
    body = {"message": "And when?", "max_tokens": 9}
    edited = await talk.hear("POST", f"/api/chat/messages/{question}/edit", body)

    assert asked(model) == ["Why?", "Answer 1.", "And when?"]
    assert model.calls[-1]["max_tokens"] == 9
    assert contents(await shown(talk, first)) == ["Why?", "Answer 1.", "And when?", edited.text]
    again = await talk.hear("GET", f"/api/chat/{second.generation_id}/stream")
    assert again.text == second.text


async def test_the_first_question_put_otherwise(talk: Talk, model: FakeOpenAI) -> None:
    first = await talk.say("Why?")
    question = (await shown(talk, first))[0]["id"]
    edited = await talk.hear("POST", f"/api/chat/messages/{question}/edit", {"message": "How?"})

    assert edited.conversation_id == first.conversation_id
    assert asked(model) == ["How?"]
    assert contents(await shown(talk, first)) == ["How?", edited.text]


async def test_an_answer_cannot_be_edited(talk: Talk) -> None:
    first = await talk.say("Why?")
    path = f"/api/chat/messages/{first.message_id}/edit"
    refused = await talk.http.post(path, json={"message": "How?"})

    assert refused.status_code == 400
    assert refused.json()["error"]["details"][0]["field"] == "message_id"


async def test_an_answer_that_broke_off_is_made_anew(talk: Talk, model: FakeOpenAI) -> None:
    model.fault = "cut"
    half = await talk.say("Why?")
    model.fault = "ok"
    whole = await talk.hear("POST", f"/api/chat/messages/{half.message_id}/regenerate")

    assert whole.last["type"] == "done"
    assert contents(await shown(talk, half)) == ["Why?", whole.text]
