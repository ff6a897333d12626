"""`POST /api/chat/optimize`, on a real service."""

from typing import Any
from uuid import uuid4

import pytest

from app.db import Database
from tests.chat.context.stored import converse, remember, small_talk, sum_up
from tests.chat.context.test_optimizing import FACTS, long_conversation
from tests.fixtures.service import Service

PATH = "/api/chat/optimize"
HELLO = {"role": "user", "content": "Hello"}


async def test_messages_come_back_shorter_with_all_that_was_told(service: Service) -> None:
    padding = long_conversation()
    given = [{"role": m.role.value, "content": m.content} for m in (*padding, *padding[-24:])]

    answer = await service.http.post(PATH, json={"messages": given})

    found = answer.json()
    assert answer.status_code == 200
    assert set(found) == {"messages", "tokens_before", "tokens_after", "strategies"}
    assert found["tokens_after"] < 0.7 * found["tokens_before"]
    assert all(fact in found["messages"][0]["content"] for fact in FACTS)
    assert all(set(message) == {"role", "content"} for message in found["messages"])
    saved = sum(each["saved_tokens"] for each in found["strategies"])
    assert saved == found["tokens_before"] - found["tokens_after"]


async def test_tools_calls_go_with_their_results(service: Service) -> None:
    call = {"id": "c1", "name": "look", "arguments": '{"at": "trains"}'}
    given = [
        HELLO,
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "9:40", "tool_call_id": "c1"},
        {"role": "assistant", "content": "At 9:40."},
    ]

    answer = await service.http.post(PATH, json={"messages": given})

    assert answer.json()["messages"] == given


async def test_a_stored_conversation_goes_by_its_summary_and_memories(
    service: Service, database: Database
) -> None:
    said = [*small_talk(30), "What about my home?", "It is there."]
    conversation_id, ids = await converse(database, said)
    await sum_up(database, conversation_id, ids[31], "They went through sixteen questions.")
    await remember(database, "home", "Lives in Lyon.", ids[4])

    answer = await service.http.post(PATH, json={"conversationId": str(conversation_id)})

    found = answer.json()
    system = found["messages"][0]["content"]
    assert answer.status_code == 200
    assert "They went through sixteen questions." in system
    assert "Lives in Lyon." in system
    assert found["tokens_after"] < 0.7 * found["tokens_before"]
    saved = {each["name"]: each["saved_tokens"] for each in found["strategies"]}
    assert saved["memories"] < 0 < saved["summary"]
    assert sum(saved.values()) == found["tokens_before"] - found["tokens_after"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "conversation_id"),
        ({"conversation_id": str(uuid4()), "messages": [HELLO]}, "conversation_id"),
        ({"conversation_id": "seven"}, "conversation_id"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "wizard", "content": "Hello"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": "é" * 60_000}]}, "messages.0.content"),
        ({"messages": [HELLO] * 2001}, "messages"),
    ],
)
async def test_what_cant_be_optimised_is_refused_by_name(
    service: Service, body: dict[str, Any], field: str
) -> None:
    answer = await service.http.post(PATH, json=body)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "VALIDATION_ERROR")
    assert field in error["message"]
    assert len(error["message"]) < 400


async def test_another_tenants_conversation_isnt_there(
    service: Service, database: Database
) -> None:
    conversation_id, _ = await converse(database, small_talk(1), tenant_id="others")

    answer = await service.http.post(PATH, json={"conversation_id": str(conversation_id)})

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "CONVERSATION_NOT_FOUND")
