"""Conversations over HTTP: made, changed, found, deleted."""

from typing import Any
from uuid import uuid4

import pytest

from app.chat.limits import SYSTEM_BYTES, TITLE_LENGTH
from app.db import Database
from tests.chat.conversations.rows import a_conversation, a_generation, a_message, at, store
from tests.fixtures.service import Service

PATH = "/api/conversations"
FIELDS = {
    "id", "external_id", "title", "titled_by", "template", "model", "remember", "head_id",
    "created_at", "updated_at", "generation_id",
}  # fmt: skip


async def made(service: Service, **fields: Any) -> dict[str, Any]:
    answer = await service.http.post(PATH, json=fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def found(service: Service, tenant: str = "default", **wanted: Any) -> list[str]:
    """The titles of the conversations on a page."""
    answer = await service.http.get(PATH, params=wanted, headers={"X-Tenant-Id": tenant})
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json()["conversations"]]


async def test_a_conversation_is_made_changed_and_deleted(service: Service) -> None:
    first = await made(service)
    assert set(first) == FIELDS | {"system_text", "messages"}
    assert (first["title"], first["titled_by"], first["template"]) == (None, None, "casual")
    assert (first["remember"], first["messages"], first["generation_id"]) == (True, 0, None)

    path = f"{PATH}/{first['id']}"
    changes = {"title": " A  week\nin Rome ", "template": "concise", "system_text": "Be brief."}
    changed = (await service.http.patch(path, json={**changes, "remember": False})).json()
    assert (changed["title"], changed["titled_by"]) == ("A week in Rome", "owner")
    assert (changed["template"], changed["remember"]) == ("concise", False)
    assert changed["system_text"] == "Be brief."
    assert changed["updated_at"] > first["updated_at"]
    assert (await service.http.get(path)).json() == changed

    gone = await service.http.delete(path)
    assert gone.json() == {"id": first["id"], "deleted": True}
    for method in ("GET", "PATCH", "DELETE"):
        answer = await service.http.request(method, path, json={})
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "CONVERSATION_NOT_FOUND"


async def test_what_is_left_out_stays_and_null_takes_away(service: Service) -> None:
    words = {"title": "Rome", "model": "profile:chat", "system_text": "Be brief."}
    first = await made(service, **words, template="technical", remember=False)
    path = f"{PATH}/{first['id']}"
    assert (await service.http.patch(path, json={})).json() == first

    bare = (await service.http.patch(path, json=dict.fromkeys(words))).json()
    assert [bare[name] for name in words] == [None, None, None]
    assert (bare["titled_by"], bare["template"], bare["remember"]) == (None, "technical", False)


UNUSABLE: list[tuple[str, object, str]] = [
    ("title", "", "at least 1 character"),
    ("title", "é" * (TITLE_LENGTH + 1), f"at most {TITLE_LENGTH} characters"),
    ("title", 3, "valid string"),
    ("template", "poetic", "should be one of casual, concise, creative, technical"),
    ("template", None, "valid string"),
    ("model", "x" * 501, "at most 500 characters"),
    ("model", "nope", "There is no model 'nope'"),
    ("model", "nope", "as in openrouter:openai/gpt-5-mini"),
    ("model", "openai:gpt-5", "can't be asked"),
    ("model", "profile:nope", "There is no profile 'nope'"),
    ("system_text", "é" * (SYSTEM_BYTES // 2 + 1), f"at most {SYSTEM_BYTES} bytes"),
    ("system_text", "  ", "at least 1 character"),
    ("remember", "yes", "valid boolean"),
    ("colour", "red", "isn't known here, got 'red'; known are title, template, model"),
]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_what_cannot_be_used_is_named(service: Service, method: str) -> None:
    path = PATH if method == "POST" else f"{PATH}/{(await made(service))['id']}"
    for field, value, told in UNUSABLE:
        answer = await service.http.request(method, path, json={field: value})
        assert answer.status_code == 400, field
        assert told in answer.json()["error"]["message"]
        assert field in answer.json()["error"]["message"]


async def test_what_cannot_be_asked_for_is_named(service: Service) -> None:
    for path, named in (
        ("?limit=0", "limit"),
        ("?limit=101", "limit"),
        ("?offset=-1", "offset"),
        ("?from=yesterday", "from"),
        (f"?q={'x' * 201}", "q"),
        ("?template=poetic", "template"),
        ("/rome", "conversation_id"),
        ("/rome/messages", "conversation_id"),
        (f"/{uuid4()}/messages?offset=-1", "offset"),
        (f"/{uuid4()}/export?format=pdf", "format"),
    ):
        answer = await service.http.get(PATH + path)
        assert answer.status_code == 400, path
        assert answer.json()["error"]["details"][0]["field"] == named


async def test_a_template_that_nobody_knows_is_named_with_those_there_are(
    service: Service,
) -> None:
    refused = (await service.http.get(PATH, params={"template": "poetic"})).json()["error"]
    assert "'poetic' is none of casual, concise, creative, technical" in refused["message"]


async def test_what_is_named_before_its_provider_is_known_is_kept(service: Service) -> None:
    for model in ("auto", "profile:chat", "offline"):
        assert (await made(service, model=model))["model"] == model


async def test_the_one_that_changed_last_comes_first(service: Service, database: Database) -> None:
    for place, title in enumerate("abcde"):
        await store(database, a_conversation(title=title, updated_at=at(place)))
    await store(database, a_conversation(title="z", template="concise", updated_at=at(9)))

    assert await found(service) == ["z", "e", "d", "c", "b", "a"]
    assert await found(service, limit=2, offset=1) == ["e", "d"]
    assert await found(service, template="concise") == ["z"]
    between = {"from": at(1).isoformat(), "to": at(3).isoformat()}
    assert await found(service, **between) == ["c", "b"]
    page = (await service.http.get(PATH, params={"limit": 1, "offset": 5})).json()
    assert (page["total"], page["limit"], page["offset"]) == (6, 1, 5)
    assert set(page["conversations"][0]) == FIELDS | {"hit"}


async def test_what_was_said_is_found(service: Service, database: Database) -> None:
    rome, bread = a_conversation(title="Plans", updated_at=at(2)), a_conversation(title="Bread")
    question = a_message(rome.id, content="Which train goes to Rome on Monday?")
    older = a_message(rome.id, question, content="The train to Rome leaves at 9.")
    newer = a_message(
        rome.id, question, content="<b>Two</b> trains\n  go; the train to Rome at 3.14 is best."
        + " More." * 500, created_at=at(1),
    )  # fmt: skip
    await store(database, rome, [question, older, newer])
    await store(database, bread, [a_message(bread.id, content="How long does rye dough rise?")])

    assert await found(service, q="train rome") == ["Plans"]
    assert await found(service, q="TRAIN ro") == ["Plans"]
    assert await found(service, q="ro train") == []
    assert await found(service, q="3.14") == ["Plans"]
    assert await found(service, q="rea") == ["Bread"]
    assert await found(service, q="rye'; -- % \\") == ["Bread"]
    assert await found(service, q="%") == []
    assert await found(service, q="?!") == []

    page = (await service.http.get(PATH, params={"q": "train rome"})).json()
    assert page["total"] == 1
    hit = page["conversations"][0]["hit"]
    assert hit["message_id"] == str(newer.id)
    assert "train to Rome at 3.14" in hit["snippet"]
    assert len(hit["snippet"]) <= 300
    by_title = (await service.http.get(PATH, params={"q": "plan"})).json()
    assert by_title["conversations"][0]["hit"] is None


async def test_an_answer_that_is_being_made_is_told(service: Service, database: Database) -> None:
    conversation = a_conversation()
    question = a_message(conversation.id)
    answer = a_message(conversation.id, question, status="generating", content="")
    running = a_generation(answer, status="running", ended_at=None)
    await store(database, conversation, [question, answer], [running])

    listed = (await service.http.get(PATH)).json()["conversations"][0]
    detail = (await service.http.get(f"{PATH}/{conversation.id}")).json()
    assert listed["generation_id"] == detail["generation_id"] == str(running.id)
    assert detail["messages"] == 2


async def test_another_tenant_finds_nothing(service: Service, database: Database) -> None:
    conversation = a_conversation(title="Secret")
    message = a_message(conversation.id, content="The secret is in the bread.")
    await store(database, conversation, [message])
    other = {"X-Tenant-Id": "other"}

    assert await found(service, q="secret") == ["Secret"]
    assert await found(service, "other", q="secret") == []
    assert await found(service, "other") == []
    path = f"{PATH}/{conversation.id}"
    for method, below in (
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/messages"), ("GET", "/export"),
    ):  # fmt: skip
        answer = await service.http.request(method, path + below, json={}, headers=other)
        assert answer.status_code == 404, below
    own = (await service.http.post(PATH, json={}, headers=other)).json()
    stolen = await service.http.patch(
        f"{PATH}/{own['id']}", json={"head_id": str(message.id)}, headers=other
    )
    assert stolen.json()["error"]["code"] == "MESSAGE_NOT_FOUND"
    assert await found(service) == ["Secret"]
