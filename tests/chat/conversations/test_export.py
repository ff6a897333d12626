"""Conversations as files, over HTTP."""

import json
from typing import Any
from uuid import UUID

import pytest

from app.chat.conversations.export.file_name import file_name
from app.chat.conversations.export.markdown import body
from app.chat.conversations.models import Conversation
from app.db import Database
from tests.chat.conversations.rows import a_conversation, a_generation, a_message, at, store
from tests.fixtures.service import Service

ID = UUID("0b9a1f2c-0000-4000-8000-000000000000")


async def exported(service: Service, conversation: Conversation, form: str) -> Any:
    path = f"/api/conversations/{conversation.id}/export"
    answer = await service.http.get(path, params={"format": form})
    assert answer.status_code == 200
    return answer


async def test_json_has_every_branch(service: Service, database: Database) -> None:
    conversation = a_conversation(title="Rome", system_text="Be brief.")
    messages = [a_message(conversation.id)]
    while len(messages) < 50:
        parent = messages[len(messages) // 2]
        messages.append(a_message(conversation.id, parent, created_at=at(len(messages))))
    answers = [each for each in messages if each.role == "assistant"]
    await store(database, conversation, messages, [a_generation(answers[0], prompt_tokens=7)])

    answer = await exported(service, conversation, "json")
    assert answer.headers["content-type"] == "application/json"
    name = f"rome-{conversation.id.hex[:8]}.json"
    assert answer.headers["content-disposition"] == (
        f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    )
    document = answer.json()
    assert (document["format"], document["version"]) == ("parley-conversation", 1)
    assert document["conversation"]["system_text"] == "Be brief."
    assert [each["id"] for each in document["messages"]] == [str(each.id) for each in messages]
    known: set[str | None] = {None}
    for each in document["messages"]:
        assert each["parent_id"] in known
        known.add(each["id"])
    told = {each["id"]: each for each in document["messages"]}[str(answers[0].id)]
    assert told["usage"]["prompt_tokens"] == 7


async def test_markdown_has_the_shown_branch(service: Service, database: Database) -> None:
    conversation = a_conversation(title="*Rome* <b>")
    question = a_message(conversation.id, content="Which train?")
    other = a_message(conversation.id, question, content="None.", created_at=at(1))
    answer = a_message(
        conversation.id, question, content="```\n9 o'clock", model="lm_studio:small",
        status="stopped", created_at=at(2),
    )  # fmt: skip
    messages = [question, other, answer]
    while len(messages) < 60:
        messages.append(a_message(conversation.id, messages[-1], content=f"No. {len(messages)}"))
    await store(database, conversation, messages)

    answer_file = await exported(service, conversation, "markdown")
    assert answer_file.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer_file.text.startswith(
        "# \\*Rome\\* \\<b\\>\n\nBegun 2026-01-31 12:00 UTC.\n\n"
        "## You\n\nWhich train?\n\n"
        "## Assistant (lm\\_studio:small, stopped)\n\n```\n9 o'clock\n```\n\n"
        "## You\n\nNo. 3\n\n## Assistant\n\nNo. 4\n"
    )
    assert "None." not in answer_file.text
    assert answer_file.text.endswith("No. 59\n")


async def test_an_empty_conversation_is_a_file_too(service: Service, database: Database) -> None:
    conversation = a_conversation()
    await store(database, conversation)
    document = json.loads((await exported(service, conversation, "json")).text)
    assert document["messages"] == []
    text = (await exported(service, conversation, "markdown")).text
    assert text.startswith("# Conversation\n")


def test_tools_are_shown_with_their_arguments() -> None:
    call = {"id": "1", "name": "weather", "arguments": '{"mark": "```"}'}
    asked = a_message(ID, role="assistant", content="", tool_calls=[call])
    told = a_message(ID, asked, role="tool", content="Sunny", tool_call_id="1")
    assert body([asked, told]).decode() == (
        '\n## Assistant\n\nCalled weather:\n\n````json\n{"mark": "```"}\n````\n'
        "\n## Tool\n\nSunny\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A week in Rome!", "a-week-in-rome-0b9a1f2c.md"),
        ('../../etc/"passwd"\r\nX: y', "etc-passwd-x-y-0b9a1f2c.md"),
        ("Где Рим?", "где-рим-0b9a1f2c.md"),
        ("x" * 200, f"{'x' * 60}-0b9a1f2c.md"),
        ("…", "conversation-0b9a1f2c.md"),
        (None, "conversation-0b9a1f2c.md"),
    ],
)
def test_a_file_has_a_name_that_every_system_takes(title: str | None, name: str) -> None:
    assert file_name(a_conversation(id=ID, title=title), "md") == name
