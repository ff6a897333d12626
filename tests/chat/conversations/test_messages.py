"""What was said, over HTTP: branches, their siblings, and which of them is shown."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from app.chat.conversations.models import ChatMessage, Conversation
from app.db import Database
from tests.chat.conversations.rows import (
    a_conversation,
    a_generation,
    a_message,
    at,
    some_feedback,
    store,
)
from tests.fixtures.service import Service

PATH = "/api/conversations"


async def read(service: Service, conversation: Conversation, **wanted: Any) -> dict[str, Any]:
    answer = await service.http.get(f"{PATH}/{conversation.id}/messages", params=wanted)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def ids(page: dict[str, Any]) -> list[UUID]:
    return [UUID(each["id"]) for each in page["messages"]]


def a_tree() -> tuple[Conversation, list[ChatMessage]]:
    """A question with three answers; the second of them was followed by two more messages."""
    conversation = a_conversation()
    question = a_message(conversation.id, content="Which train?")
    answers = [
        a_message(conversation.id, question, content=f"Number {place}.", created_at=at(place))
        for place in (1, 2, 3)
    ]
    follow = a_message(conversation.id, answers[1], content="Why?", created_at=at(2.5))
    reason = a_message(conversation.id, follow, content="It is quick.", created_at=at(2.5))
    return conversation, [question, *answers, follow, reason]


async def test_the_shown_branch_is_read_with_what_stands_beside_it(
    service: Service, database: Database
) -> None:
    conversation, messages = a_tree()
    question, first, second, third, follow, reason = messages
    await store(database, conversation, messages)

    page = await read(service, conversation)
    assert ids(page) == [question.id, second.id, follow.id, reason.id]
    assert (page["total"], page["limit"], page["offset"]) == (4, 50, 0)
    assert [each["parent_id"] for each in page["messages"]] == [
        None, str(question.id), str(second.id), str(follow.id),
    ]  # fmt: skip
    beside = [each["siblings"] for each in page["messages"]]
    assert beside[0] == [str(question.id)]
    assert beside[1] == [str(each.id) for each in (first, second, third)]

    everything = await read(service, conversation, all=True)
    assert ids(everything) == [each.id for each in (question, first, second, follow, reason, third)]
    assert {each["siblings"] for each in everything["messages"]} == {None}
    assert everything["total"] == 6


async def test_a_message_tells_how_it_came_about(service: Service, database: Database) -> None:
    conversation = a_conversation()
    question = a_message(conversation.id)
    answer = a_message(
        conversation.id, question, model="lm_studio:small", finish_reason="stop", reasoning="Hm."
    )
    generation = a_generation(
        answer, prompt_tokens=9, completion_tokens=5, cost_usd=Decimal("0.00042"), saved_tokens=3
    )
    feedback = some_feedback(answer, thumb="up", rating=5, text="Good.")
    await store(database, conversation, [question, answer], [generation, feedback])

    asked, told = (await read(service, conversation))["messages"]
    assert (asked["generation_id"], asked["usage"], asked["feedback"]) == (None, None, None)
    assert (asked["role"], told["role"], told["status"]) == ("user", "assistant", "complete")
    assert told["generation_id"] == str(generation.id)
    assert (told["model"], told["finish_reason"]) == ("lm_studio:small", "stop")
    assert told["usage"] == {
        "prompt_tokens": 9, "completion_tokens": 5, "cost_usd": 0.00042, "saved_tokens": 3,
    }  # fmt: skip
    assert told["feedback"] == {"thumb": "up", "rating": 5, "text": "Good."}


async def test_a_long_branch_is_read_from_its_end_or_page_by_page(
    service: Service, database: Database
) -> None:
    conversation = a_conversation()
    messages = [a_message(conversation.id)]
    while len(messages) < 7:
        messages.append(a_message(conversation.id, messages[-1]))
    await store(database, conversation, messages)
    said = [message.id for message in messages]

    last = await read(service, conversation, limit=3)
    assert (ids(last), last["offset"], last["total"]) == (said[4:], 4, 7)
    before = await read(service, conversation, limit=3, offset=1)
    assert (ids(before), before["offset"]) == (said[1:4], 1)
    assert ids(await read(service, conversation, limit=3, offset=6)) == said[6:]
    assert ids(await read(service, conversation, limit=3, offset=7)) == []
    assert ids(await read(service, conversation, limit=2, offset=3, all=True)) == said[3:5]


async def test_nothing_was_said_yet(service: Service, database: Database) -> None:
    conversation = a_conversation()
    await store(database, conversation)
    for wanted in ({}, {"all": True}, {"offset": 5}):
        page = await read(service, conversation, **wanted)
        assert (page["messages"], page["total"]) == ([], 0)


async def test_another_branch_is_gone_on_with_where_it_ended(
    service: Service, database: Database
) -> None:
    conversation, messages = a_tree()
    question, first, second, third, _, reason = messages
    await store(database, conversation, messages)
    path = f"{PATH}/{conversation.id}"

    for shown, head in ((first, first), (second, reason), (question, third), (reason, reason)):
        changed = await service.http.patch(path, json={"head_id": str(shown.id)})
        assert changed.json()["head_id"] == str(head.id)
        assert ids(await read(service, conversation))[-1] == head.id


async def test_only_its_own_messages_can_be_gone_on_with(
    service: Service, database: Database
) -> None:
    conversation, other = a_conversation(), a_conversation()
    foreign = a_message(other.id)
    await store(database, other, [foreign])
    await store(database, conversation, [a_message(conversation.id)])
    path = f"{PATH}/{conversation.id}"

    refused = await service.http.patch(path, json={"head_id": str(foreign.id), "title": "Rome"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "MESSAGE_NOT_FOUND")
    assert (await service.http.get(path)).json()["title"] is None
    for bad in ("rome", None, 3):
        answer = await service.http.patch(path, json={"head_id": bad})
        assert answer.json()["error"]["details"][0]["field"] == "head_id"
