"""`GET /api/conversation/context/{id}`, on a real service."""

from typing import Any
from uuid import uuid4

import pytest

from app.db import Database
from tests.chat.context.stored import converse, remember, small_talk, sum_up
from tests.fixtures.service import Service

Json = dict[str, Any]


async def shown(service: Service, conversation_id: object, **asked: str) -> Json:
    path = f"/api/conversation/context/{conversation_id}"
    answer = await service.http.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_a_short_conversation_is_sent_as_it_is(service: Service, database: Database) -> None:
    conversation_id, _ = await converse(database, ["Hello", "Hi there", "How are you?", "Fine."])

    found = await shown(service, conversation_id)

    assert set(found) == {
        "conversation_id", "model", "context_window", "messages", "tokens", "summary", "facts",
        "dropped", "recall",
    }  # fmt: skip
    system, *said = found["messages"]
    assert system["role"] == "system"
    assert said == [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi there"},
        {"role": "user", "content": "How are you?"},
        {"role": "assistant", "content": "Fine."},
    ]
    assert found["conversation_id"] == str(conversation_id)
    assert (found["summary"], found["facts"], found["dropped"]) == (None, [], [])


async def test_the_parts_of_a_long_one_are_explained(service: Service, database: Database) -> None:
    conversation_id, ids = await converse(
        database, small_talk(30), system_text="Call me Captain. {{ 7 * 7 }}"
    )
    await sum_up(database, conversation_id, ids[31], "They went through sixteen questions.")
    memory_id = await remember(database, "home", "Lives in Lyon.", ids[4])

    found = await shown(service, conversation_id, message="Where is my home?")

    system, *said, question = found["messages"]
    tokens = found["tokens"]
    whys = [part["why"] for part in found["dropped"]]
    assert question == {"role": "user", "content": "Where is my home?"}
    assert [message["content"] for message in said] == small_talk(30)[-24:]
    assert "Call me Captain. {{ 7 * 7 }}" in system["content"]
    assert "- 2026-10-01: Lives in Lyon." in system["content"]
    assert system["content"].endswith("They went through sixteen questions.")
    assert found["summary"] == "They went through sixteen questions."
    [fact] = found["facts"]
    assert (fact["id"], fact["source_message_id"]) == (str(memory_id), str(ids[4]))
    assert "home" in fact["why"]
    assert found["recall"] == "words"
    assert whys[:16] == ["the summary tells of it"] * 16
    assert [part["id"] for part in found["dropped"]] == [str(id_) for id_ in ids[:36:2]]
    assert all(part["kind"] == "exchange" and part["tokens"] > 0 for part in found["dropped"])
    parts = ("system", "memories", "summary", "recent")
    assert tokens["total"] == sum(tokens[part] for part in parts)
    assert all(tokens[part] > 0 for part in parts)


async def test_a_summary_of_another_branch_is_none_of_ours(
    service: Service, database: Database
) -> None:
    conversation_id, ids = await converse(database, small_talk(20))
    other_id, others = await converse(database, small_talk(20))
    await sum_up(database, other_id, others[10], "Of another conversation.")
    await sum_up(database, conversation_id, ids[3], "The beginning.")

    found = await shown(service, conversation_id)

    assert found["summary"].startswith("The beginning.")
    assert "another" not in found["summary"]


async def test_nothing_is_recalled_where_the_conversation_doesnt_want_it(
    service: Service, database: Database
) -> None:
    conversation_id, _ = await converse(database, small_talk(1), remember=False)
    await remember(database, "home", "Lives in Lyon.")

    found = await shown(service, conversation_id, message="Where is my home?")

    assert (found["facts"], found["recall"]) == ([], "off")
    assert "Lyon" not in str(found["messages"])


async def test_a_small_model_gets_less_and_it_is_told(run_service: Any, database: Database) -> None:
    async with run_service(CHAT_WINDOW="1024") as service:
        conversation_id, _ = await converse(database, small_talk(12))
        found = await shown(service, conversation_id, message="And now?")

    whys = [part["why"] for part in found["dropped"]]
    assert found["context_window"] == 1024
    assert found["tokens"]["total"] < 1024
    assert 0 < len(whys) < 12
    assert set(whys) == {"no room for it in the model's context"}
    assert found["messages"][-1]["content"] == "And now?"


async def test_a_message_larger_than_the_window_is_refused_with_the_numbers(
    run_service: Any, database: Database
) -> None:
    async with run_service(CHAT_WINDOW="512") as service:
        conversation_id, _ = await converse(database, [])
        path = f"/api/conversation/context/{conversation_id}"
        answer = await service.http.get(path, params={"message": "So it is. " * 400})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "MESSAGE_TOO_LONG")
    assert "512" in error["message"]


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("message", {"message": ""}),
        ("message", {"message": "\U0001f600" * 4001}),
        ("model", {"model": "m" * 201}),
    ],
)
async def test_what_cant_be_asked_is_refused_by_name(
    service: Service, database: Database, field: str, asked: dict[str, str]
) -> None:
    conversation_id, _ = await converse(database, [])

    answer = await service.http.get(f"/api/conversation/context/{conversation_id}", params=asked)

    assert answer.status_code == 400
    assert field in answer.json()["error"]["message"]


async def test_a_model_that_nobody_knows_is_none(service: Service, database: Database) -> None:
    conversation_id, _ = await converse(database, [])
    path = f"/api/conversation/context/{conversation_id}"

    answer = await service.http.get(path, params={"model": "nobody/knows-it"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "LLM_MODEL_NOT_FOUND")


async def test_another_tenants_conversation_isnt_there(
    service: Service, database: Database
) -> None:
    conversation_id, _ = await converse(database, small_talk(1), tenant_id="others")

    for missing in (conversation_id, uuid4()):
        answer = await service.http.get(f"/api/conversation/context/{missing}")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "CONVERSATION_NOT_FOUND"
