"""Conversations in fewer words: up to where, of what, and by whom."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from app.chat.conversations.models import ChatMessage, Conversation
from app.chat.memory.models import Summary
from app.chat.memory.summaries import Summaries
from app.chat.memory.summaries.rolling import by_rule, room_for, usable
from app.db import Database
from app.kit.ids import new_id
from app.llm import Message, Role, text_tokens
from tests.chat.memory.conftest import NOON, TENANT, Background, converse
from tests.fakes.openai_wire import FakeOpenAI


def talk(exchanges: int, *, first: int = 0) -> list[str]:
    return [
        text
        for n in range(first, first + exchanges)
        for text in (
            f"My budget for item {n} is {100 + n} EUR.",
            f"Noted: item {n}, {100 + n} EUR.",
        )
    ]


async def stored(database: Database) -> list[Summary]:
    async with database.read(TENANT) as unit:
        return list(await unit.session.scalars(select(Summary).order_by(Summary.created_at)))


async def go_on(database: Database, conversation_id: UUID, parent: UUID, said: list[str]) -> UUID:
    """More messages below `parent`; the id of the last one."""
    async with database.begin(TENANT) as unit:
        depth = (await unit.session.get_one(ChatMessage, parent)).depth
        for place, text in enumerate(said, start=1):
            message = ChatMessage(
                id=new_id(),
                conversation_id=conversation_id,
                parent_id=parent,
                depth=depth + place,
                role="user" if place % 2 else "assistant",
                content=text,
                reasoning="",
                tool_calls=[],
                status="complete",
                created_at=NOON + timedelta(hours=1, seconds=place),
            )
            unit.session.add(message)
            await unit.session.flush()
            parent = message.id
    return parent


class TestByRule:
    async def test_reaches_up_to_what_is_sent_word_for_word(
        self, database: Database, alone: Background
    ) -> None:
        conversation_id, ids = await converse(database, talk(6))

        assert await alone.summaries().run(TENANT, ids[-1]) == 4

        (summary,) = await stored(database)
        assert summary.conversation_id == conversation_id
        assert summary.message_id == ids[7]
        assert summary.model is None
        assert "item 0 is 100 EUR" in summary.text
        assert "item 3 is 103 EUR" in summary.text
        assert "item 4" not in summary.text
        assert summary.tokens == text_tokens(summary.text) <= room_for(summary.tokens_before)

    async def test_waits_until_there_is_something_to_sum_up(
        self, database: Database, alone: Background
    ) -> None:
        _, ids = await converse(database, talk(3))

        assert await alone.summaries().run(TENANT, ids[-1]) == 0
        assert await stored(database) == []

    async def test_a_long_exchange_is_reason_enough(
        self, database: Database, alone: Background
    ) -> None:
        _, ids = await converse(database, ["I have 3 cars. " * 700, "Ok.", *talk(2)])

        assert await alone.summaries().run(TENANT, ids[-1]) == 1

    async def test_what_has_too_many_tokens_to_be_sent_is_summed_up_too(
        self, database: Database, alone: Background
    ) -> None:
        _, ids = await converse(database, ["word " * 400, "Ok."] * 6)

        await alone.summaries(exchanges=6, tokens=1000).run(TENANT, ids[-1])

        assert [summary.message_id for summary in await stored(database)] == [ids[7]]

    async def test_goes_on_where_it_left_off(self, database: Database, alone: Background) -> None:
        conversation_id, ids = await converse(database, talk(6))
        summaries = alone.summaries()
        await summaries.run(TENANT, ids[-1])
        assert await summaries.run(TENANT, ids[-1]) == 0
        last = await go_on(database, conversation_id, ids[-1], talk(3, first=6))
        alone.clock.forward(minutes=1)

        assert await summaries.run(TENANT, last) == 3

        first, second = await stored(database)
        assert second.tokens_before > first.tokens_before
        assert "item 0 is 100 EUR" in second.text
        assert "item 6 is 106 EUR" in second.text

    async def test_each_branch_has_its_own(self, database: Database, alone: Background) -> None:
        conversation_id, ids = await converse(database, talk(6))
        summaries = alone.summaries()
        await summaries.run(TENANT, ids[-1])
        other = await go_on(database, conversation_id, ids[3], talk(4, first=50))
        alone.clock.forward(minutes=1)

        assert await summaries.run(TENANT, other) == 4

        _, of_other = await stored(database)
        assert "item 1 is" in of_other.text
        assert "item 51 is" in of_other.text
        assert "item 3 is" not in of_other.text

    async def test_a_long_conversation_is_summed_up_piece_by_piece(
        self, database: Database, alone: Background
    ) -> None:
        _, ids = await converse(database, talk(260))

        assert await alone.summaries(piece=2000).run(TENANT, ids[-1]) == 258

        found = await stored(database)
        assert len(found) > 2
        async with database.read(TENANT) as unit:
            farthest = await Summaries(unit).farthest(found[0].conversation_id, ids)
        assert farthest is not None
        assert farthest.message_id == ids[515]
        assert farthest.tokens <= 1000

    async def test_is_nothing_where_the_conversation_is_gone_or_another_tenants(
        self, database: Database, alone: Background
    ) -> None:
        conversation_id, ids = await converse(database, talk(6))

        assert await alone.summaries().run("team-blue", ids[-1]) == 0
        async with database.begin(TENANT) as unit:
            gone = delete(Conversation).where(Conversation.id == conversation_id)
            await unit.session.execute(gone)
        assert await alone.summaries().run(TENANT, ids[-1]) == 0
        assert await stored(database) == []


class TestByAModel:
    async def test_keeps_what_it_wrote(
        self, database: Database, connected: Background, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = lambda body: "<think>hm</think>The person has four budgets.\x07"
        conversation_id, ids = await converse(database, talk(6))

        await connected.summaries().run(TENANT, ids[-1])

        (summary,) = await stored(database)
        assert summary.text == "The person has four budgets."
        assert summary.model == "lm_studio:fake-small"
        upstream.reply = lambda body: "Now six."
        last = await go_on(database, conversation_id, ids[-1], talk(2, first=6))
        connected.clock.forward(minutes=1)
        await connected.summaries().run(TENANT, last)
        said = str(upstream.calls[-1]["messages"])
        assert "The person has four budgets." in said
        assert "item 3" not in said
        assert "item 4" in said

    @pytest.mark.parametrize("reply", ["", " ", "<think>hm", "blah " * 4000])
    async def test_what_is_of_no_use_gives_way_to_rules(
        self, database: Database, connected: Background, upstream: FakeOpenAI, reply: str
    ) -> None:
        upstream.reply = lambda body: reply
        _, ids = await converse(database, talk(6))

        await connected.summaries().run(TENANT, ids[-1])

        (summary,) = await stored(database)
        assert summary.model is None
        assert "item 0 is 100 EUR" in summary.text

    async def test_a_failure_gives_way_to_rules(
        self, database: Database, connected: Background, upstream: FakeOpenAI
    ) -> None:
        upstream.fault = "status-500"
        _, ids = await converse(database, talk(6))

        await connected.summaries().run(TENANT, ids[-1])

        assert upstream.calls
        assert [summary.model for summary in await stored(database)] == [None]

    async def test_two_at_once_do_no_harm(
        self, database: Database, connected: Background, upstream: FakeOpenAI
    ) -> None:
        upstream.reply = lambda body: "Short."
        _, ids = await converse(database, talk(6))
        summaries = connected.summaries()

        await asyncio.gather(summaries.run(TENANT, ids[-1]), summaries.run(TENANT, ids[-1]))

        assert {summary.message_id for summary in await stored(database)} == {ids[7]}


def test_a_summary_by_rule_of_a_models_summary_keeps_its_facts() -> None:
    since = [Message(Role.USER, "My dog is called Rex.")]

    text = by_rule("Anna lives in Lisbon. The budget is 500 EUR.", since, tokens=200)

    assert "500 EUR" in text
    assert "Rex" in text


def test_a_summary_by_rule_never_has_more_tokens_than_it_may() -> None:
    text = ""
    for n in range(50):
        said = [Message(Role.USER, f"My item {n} costs {n} EUR in Lisbon.")] * 3
        text = by_rule(text, said, tokens=100)
        assert text_tokens(text) <= 100
    assert "49 EUR" in text


@pytest.mark.parametrize("text", ["", "\n", "<think>all", "\u200b"])
def test_nothing_is_no_summary(text: str) -> None:
    assert usable(text, 100) is None
