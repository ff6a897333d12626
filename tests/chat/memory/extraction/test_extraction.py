"""What of a turn is remembered, by a model and without one."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.memory.models import Memory
from app.db import Database
from app.kit import json
from app.kit.ids import new_id
from tests.chat.memory.conftest import NOON, TENANT, Background, converse
from tests.fakes.openai_wire import FakeOpenAI


def note(text: str, subject: str = "home city", **fields: Any) -> dict[str, Any]:
    return {"kind": "fact", "subject": subject, "text": text, "confidence": 0.9, **fields}


def answering(*notes: object) -> Any:
    return lambda body: {"memories": [*notes]}


class TestWithoutAModel:
    async def test_remembers_what_was_told_and_by_which_message(
        self, database: Database, alone: Background
    ) -> None:
        conversation_id, ids = await converse(database, ["I live in Lisbon.", "I live in Paris."])

        assert await alone.extraction().run(TENANT, ids[1]) == 1

        (memory,) = await alone.remembered()
        assert (memory.subject, memory.text) == ("home city", "Lives in Lisbon")
        assert (memory.conversation_id, memory.message_id) == (conversation_id, ids[0])
        assert memory.created_at == memory.updated_at == NOON
        assert memory.embedding is None

    async def test_once_more_changes_nothing(self, database: Database, alone: Background) -> None:
        _, ids = await converse(database, ["I live in Lisbon.", "Nice."])
        await alone.extraction().run(TENANT, ids[1])
        before = (await alone.remembered())[0].id

        await alone.extraction().run(TENANT, ids[1])

        assert [memory.id for memory in await alone.remembered()] == [before]

    async def test_another_answer_to_the_same_question_brings_nothing_back(
        self, database: Database, alone: Background
    ) -> None:
        conversation_id, ids = await converse(database, ["I live in Lisbon.", "Nice."])
        await alone.extraction().run(TENANT, ids[1])
        again = ChatMessage(
            id=new_id(),
            conversation_id=conversation_id,
            parent_id=ids[0],
            depth=1,
            role="assistant",
            content="Good.",
            reasoning="",
            tool_calls=[],
            status="complete",
            created_at=NOON + timedelta(minutes=1),
        )
        async with database.begin(TENANT) as unit:
            unit.session.add(again)
            await unit.session.execute(delete(Memory))

        assert await alone.extraction().run(TENANT, again.id) == 0

    async def test_what_is_told_later_replaces_it_even_when_heard_first(
        self, database: Database, alone: Background
    ) -> None:
        _, first = await converse(database, ["I live in Lisbon.", "Ok."])
        _, second = await converse(
            database, ["I live in Porto.", "Ok."], at=NOON + timedelta(days=1)
        )

        await alone.extraction().run(TENANT, second[1])
        await alone.extraction().run(TENANT, first[1])

        assert await alone.texts() == ["Lives in Porto"]

    async def test_reads_the_question_behind_tools(
        self, database: Database, alone: Background
    ) -> None:
        _, ids = await converse(database, ["I live in Lisbon.", "", "", "Ok."])
        async with database.begin(TENANT) as unit:
            changed = update(ChatMessage).where(ChatMessage.id == ids[2])
            await unit.session.execute(changed.values(role="tool", tool_call_id="1"))

        assert await alone.extraction().run(TENANT, ids[3]) == 1

    async def test_remembers_nothing_where_it_is_switched_off(
        self, database: Database, alone: Background
    ) -> None:
        _, ids = await converse(database, ["I live in Lisbon.", "Ok."], remember=False)

        assert await alone.extraction().run(TENANT, ids[1]) == 0
        assert await alone.texts() == []

    async def test_a_conversation_that_is_gone_is_no_trouble(
        self, database: Database, alone: Background
    ) -> None:
        conversation_id, ids = await converse(database, ["I live in Lisbon.", "Ok."])
        async with database.begin(TENANT) as unit:
            await unit.session.execute(
                delete(Conversation).where(Conversation.id == conversation_id)
            )

        assert await alone.extraction().run(TENANT, ids[1]) == 0
        assert await alone.extraction().run(TENANT, new_id()) == 0

    async def test_another_tenant_hears_nothing_of_it(
        self, database: Database, alone: Background
    ) -> None:
        _, ids = await converse(database, ["I live in Lisbon.", "Ok."], tenant_id="team-blue")

        assert await alone.extraction().run(TENANT, ids[1]) == 0
        assert await alone.extraction().run("team-blue", ids[1]) == 1
        assert await alone.texts() == []
        assert await alone.texts("team-blue") == ["Lives in Lisbon"]

    async def test_two_at_once_leave_one_current_memory(
        self, database: Database, alone: Background
    ) -> None:
        answers = []
        for day, city in enumerate(["Lisbon", "Porto", "Faro", "Braga"]):
            said = [f"I live in {city}.", "Ok."]
            answers.append((await converse(database, said, at=NOON + timedelta(days=day)))[1][1])
        extraction = alone.extraction()

        await asyncio.gather(*(extraction.run(TENANT, answer) for answer in answers))

        assert await alone.texts() == ["Lives in Braga"]


class TestByAModel:
    async def test_remembers_what_it_finds(
        self, database: Database, connected: Background, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = answering(
            note("Mora em Lisboa", confidence=0.8), note("Prefere chá", "tea", kind="preference")
        )
        _, ids = await converse(database, ["Moro em Lisboa e prefiro chá.", "Está bem."])

        assert await connected.extraction().run(TENANT, ids[1]) == 2

        home, tea = await connected.remembered()
        assert (home.text, home.confidence, home.message_id) == ("Mora em Lisboa", 0.8, ids[0])
        assert tea.kind == "preference"
        (asked,) = upstream.calls
        assert "Moro em Lisboa" in str(asked["messages"])
        assert "Está bem" not in str(asked["messages"])

    async def test_is_told_the_subjects_that_there_are(
        self, database: Database, connected: Background, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = answering(note("Lives in Lisbon"))
        _, ids = await converse(database, ["I live in Lisbon.", "Ok."])
        await connected.extraction().run(TENANT, ids[1])
        _, ids = await converse(database, ["Moved to Porto.", "Ok."], at=NOON + timedelta(days=1))
        upstream.reply = answering(note("Lives in Porto"))
        await connected.extraction().run(TENANT, ids[1])

        assert json.loads(upstream.calls[1]["messages"][1]["content"])["known_subjects"] == [
            "home city"
        ]
        assert await connected.texts() == ["Lives in Porto"]

    @pytest.mark.parametrize(
        "bad",
        [
            "not an object",
            {},
            note("x" * 1001),
            note("Lives in Porto", subject=""),
            note("Lives in Porto", subject="s" * 101),
            note("Lives in Porto", kind="rumour"),
            note("Lives in Porto", confidence=0.2),
            note("Lives in Porto", confidence="0.9"),
            note("Lives in Porto", confidence=True),
            note("Lives in Porto", tenant_id="team-blue"),
            note("The password is hunter2"),
            note("\u202e\n"),
            note(["Lives in Porto"]),  # type: ignore[arg-type]  # on purpose
        ],
    )
    async def test_what_is_not_as_it_was_asked_for_is_dropped(
        self, database: Database, connected: Background, upstream: FakeOpenAI, bad: Any
    ) -> None:
        upstream.reply = answering(bad, note("Has a dog", "pet"))
        _, ids = await converse(database, ["I live in Lisbon.", "Ok."])

        assert await connected.extraction().run(TENANT, ids[1]) == 1
        assert await connected.texts() == ["Has a dog"]

    @pytest.mark.parametrize("reply", ["I can't do that.", {"memories": "none"}, {"notes": []}])
    async def test_rules_serve_where_it_makes_no_sense(
        self, database: Database, connected: Background, upstream: FakeOpenAI, reply: Any
    ) -> None:
        upstream.reply = lambda body: reply
        _, ids = await converse(database, ["I live in Lisbon.", "Ok."])

        await connected.extraction().run(TENANT, ids[1])

        assert await connected.texts() == ["Lives in Lisbon"]

    async def test_rules_serve_where_it_fails(
        self, database: Database, connected: Background, upstream: FakeOpenAI
    ) -> None:
        upstream.fault = "status-500"
        _, ids = await converse(database, ["I live in Lisbon.", "Ok."])

        await connected.extraction().run(TENANT, ids[1])

        assert upstream.calls
        assert await connected.texts() == ["Lives in Lisbon"]

    async def test_nothing_to_tell_is_nothing_remembered(
        self, database: Database, connected: Background, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = answering()
        _, ids = await converse(database, ["I live in Lisbon.", "Ok."])

        assert await connected.extraction().run(TENANT, ids[1]) == 0
