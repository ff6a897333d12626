"""Feedback over HTTP, on a real database."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from app.db import Database
from tests.chat.feedback.rows import exchange
from tests.fixtures.service import Service


def path(message_id: object) -> str:
    return f"/api/chat/messages/{message_id}/feedback"


def failure(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_it_is_given_shown_replaced_and_taken_back(
    service: Service, database: Database
) -> None:
    _, _, answer = await exchange(database)
    given = await service.http.post(path(answer), json={"thumb": "up", "text": " Well said. "})
    told = given.json()
    assert given.status_code == 200, given.text
    assert told == {
        "message_id": str(answer),
        "thumb": "up",
        "rating": None,
        "text": "Well said.",
        "created_at": told["created_at"],
        "updated_at": told["created_at"],
    }
    assert (await service.http.get(path(answer))).json() == told

    again = (await service.http.post(path(answer), json={"rating": 2})).json()
    assert (again["thumb"], again["rating"], again["text"]) == (None, 2, None)
    assert again["created_at"] == told["created_at"] < again["updated_at"]
    assert (await service.http.get(path(answer))).json() == again

    gone = await service.http.delete(path(answer))
    assert gone.json() == {"message_id": str(answer), "deleted": True}
    for refused in (await service.http.get(path(answer)), await service.http.delete(path(answer))):
        assert failure(refused) == (404, "FEEDBACK_NOT_FOUND")


async def test_only_answers_get_feedback(service: Service, database: Database) -> None:
    _, question, _ = await exchange(database)
    refused = await service.http.post(path(question), json={"thumb": "up"})
    assert failure(refused) == (400, "VALIDATION_ERROR")
    assert refused.json()["error"]["details"][0]["field"] == "message_id"
    assert "role user" in refused.json()["error"]["message"]


async def test_a_message_that_is_not_there(service: Service) -> None:
    nowhere = path(uuid4())
    assert failure(await service.http.post(nowhere, json={"thumb": "up"})) == (
        404,
        "MESSAGE_NOT_FOUND",
    )
    assert failure(await service.http.get(nowhere)) == (404, "FEEDBACK_NOT_FOUND")


async def test_a_tenant_neither_sees_nor_changes_what_is_anothers(
    service: Service, database: Database
) -> None:
    theirs, blue = {"X-Tenant-Id": "team-blue"}, "team-blue"
    await service.http.get(path(uuid4()), headers=theirs)  # makes the tenant
    _, _, answer = await exchange(database, blue)
    assert (
        await service.http.post(path(answer), json={"rating": 5}, headers=theirs)
    ).status_code == 200
    assert failure(await service.http.post(path(answer), json={"rating": 1})) == (
        404,
        "MESSAGE_NOT_FOUND",
    )
    assert failure(await service.http.get(path(answer))) == (404, "FEEDBACK_NOT_FOUND")
    assert failure(await service.http.delete(path(answer))) == (404, "FEEDBACK_NOT_FOUND")
    assert (await service.http.get(path(answer), headers=theirs)).json()["rating"] == 5


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, 'needs something: "thumb": "up"'),
        ({"thumb": None}, "needs something"),
        ({"thumb": "sideways"}, "thumb should be 'up' or 'down', got 'sideways'"),
        ({"rating": 0}, "rating should be greater than or equal to 1, got 0; for example 1"),
        ({"rating": 6}, "rating should be less than or equal to 5, got 6; for example 5"),
        ({"rating": "4"}, "rating should be a valid integer, got '4'; for example 4"),
        ({"rating": True}, "rating should be a valid integer"),
        ({"text": "  "}, "text should have at least 1 character"),
        ({"text": "a" * 2001}, "text should have at most 2000 characters"),
        ({"text": "a\0b"}, "text holds a NUL character"),
    ],
)
async def test_what_is_no_feedback(service: Service, body: dict[str, Any], told: str) -> None:
    refused = await service.http.post(path(uuid4()), json=body)
    assert failure(refused) == (400, "VALIDATION_ERROR")
    assert told in refused.json()["error"]["message"]


async def test_two_thousand_characters_are_kept_as_they_are(
    service: Service, database: Database
) -> None:
    _, _, answer = await exchange(database)
    words = "ü😀" * 1000
    assert (await service.http.post(path(answer), json={"text": words})).json()["text"] == words


async def test_many_at_once_leave_one(service: Service, database: Database) -> None:
    _, _, answer = await exchange(database)
    given = await asyncio.gather(
        *(service.http.post(path(answer), json={"rating": n % 5 + 1}) for n in range(10))
    )
    assert {each.status_code for each in given} == {200}
    async with database.read("default") as unit:
        count = await unit.session.scalar(text("SELECT count(*) FROM message_feedback"))
    assert count == 1


async def test_it_goes_with_its_conversation(service: Service, database: Database) -> None:
    conversation, _, answer = await exchange(database)
    await service.http.post(path(answer), json={"thumb": "down"})
    async with database.begin("default") as unit:
        await unit.session.execute(
            text("DELETE FROM conversations WHERE id = :id"), {"id": conversation}
        )
    assert failure(await service.http.get(path(answer))) == (404, "FEEDBACK_NOT_FOUND")
