"""What is looked up for a context, on a real database."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from app.chat.context import Contexts, RecentPolicy, build
from app.chat.conversations.models import ChatMessage
from app.chat.conversations.repository import Conversations
from app.chat.errors import ConversationNotFound
from app.chat.memory import Memories
from app.chat.memory.embedding import NoEmbedder
from app.chat.templates import UnknownTemplate
from app.db import Address, Database
from app.jobs import JobQueue, open_app
from app.kit.clock import utc_now
from app.kit.ids import new_id
from app.llm import Message, Role
from tests.chat.context.stored import BEGAN, TENANT, converse, remember, small_talk, sum_up

POLICY = RecentPolicy(12, 6000)


class Hanging:
    """A provider of vectors that never answers, and doesn't heed the time it has."""

    there = True

    async def embed(self, tenant_id: str, texts: Sequence[str], *, seconds: float) -> None:
        await asyncio.sleep(60)


def contexts(database: Database, embedder: NoEmbedder | Hanging | None = None) -> Contexts:
    never_used = JobQueue(open_app(database.address.libpq, pool_size=1, tasks={}))
    memories = Memories(database, never_used, embedder or NoEmbedder(), utc_now)
    return Contexts(database, memories, utc_now, POLICY)


def said(messages: Sequence[Message]) -> list[str]:
    return [message.content for message in messages]


async def test_a_new_conversation_has_only_its_question(database: Database) -> None:
    materials = await contexts(database).gather(TENANT, None, None, "Hello", template="concise")

    assert said(materials.question.messages) == ["Hello"]
    assert (materials.recent, materials.summary, materials.past_tokens) == ((), None, 0)
    assert materials.system.startswith("Answer in as few words")


async def test_an_answer_is_made_again_without_the_one_before(database: Database) -> None:
    conversation_id, ids = await converse(database, small_talk(2))

    materials = await contexts(database).gather(TENANT, conversation_id, ids[2], None)

    assert said(materials.question.messages) == ["Question 1?"]
    assert said(materials.recent[0].messages) == small_talk(2)[:2]


async def test_a_branch_begins_after_any_message(database: Database) -> None:
    conversation_id, ids = await converse(database, small_talk(3))
    gather = contexts(database).gather

    after_first = await gather(TENANT, conversation_id, ids[1], "Otherwise?")
    at_root = await gather(TENANT, conversation_id, None, "Otherwise?")

    assert [said(each.messages) for each in after_first.recent] == [small_talk(3)[:2]]
    assert at_root.recent == ()


async def test_results_of_tools_belong_to_what_is_asked(database: Database) -> None:
    conversation_id, ids = await converse(database, ["When does the train leave?"])
    call_id = await _call_a_tool(database, conversation_id, ids[0])
    result = Message(Role.TOOL, "At 9:40", tool_call_id="c1")

    materials = await contexts(database).gather(
        TENANT, conversation_id, call_id, None, results=[result]
    )

    question, call, answered = materials.question.messages
    assert question.content == "When does the train leave?"
    assert [each.id for each in call.tool_calls] == ["c1"]
    assert answered == result


async def test_what_no_summary_tells_of_yet_is_told_by_rule(database: Database) -> None:
    talk = small_talk(20)
    talk[4] = "My dog is called Rex."
    talk[0] = "My cat is called Tom."
    conversation_id, ids = await converse(database, talk)
    await sum_up(database, conversation_id, ids[3], "They spoke of a cat.")

    materials = await contexts(database).gather(TENANT, conversation_id, ids[-1], "So?")

    assert materials.summary is not None
    assert materials.summary.startswith("They spoke of a cat.\nPerson: My dog is called Rex.")
    assert "Tom" not in materials.summary
    assert len(materials.recent) == 12
    assert materials.past_tokens > 5000


async def test_a_summary_that_lags_far_behind_is_found(database: Database) -> None:
    talk = small_talk(60)
    talk[20] = "My dog is called Rex."
    conversation_id, ids = await converse(database, talk)
    await sum_up(database, conversation_id, ids[9], "They began.", before=777)

    materials = await contexts(database).gather(TENANT, conversation_id, ids[-1], "So?")

    assert materials.summary == "They began.\nPerson: My dog is called Rex."
    assert len(materials.left_out) == 48


async def test_no_more_is_read_than_a_summary_leaves(database: Database) -> None:
    conversation_id, ids = await converse(database, small_talk(60))
    await sum_up(database, conversation_id, ids[93], "They went on.", before=7777)

    materials = await contexts(database).gather(TENANT, conversation_id, ids[-1], "So?")

    assert materials.summary == "They went on."
    assert 0 < len(materials.left_out) < 48
    assert materials.past_tokens > 7777


async def test_a_branch_beside_the_summary_does_without_it(database: Database) -> None:
    conversation_id, ids = await converse(database, small_talk(20))
    await sum_up(database, conversation_id, ids[5], "Of the other branch.")
    gather = contexts(database).gather

    beside = await gather(TENANT, conversation_id, ids[3], "Otherwise?")
    through = await gather(TENANT, conversation_id, ids[-1], "On?")

    assert beside.summary is None
    assert through.summary == "Of the other branch."


async def test_memories_that_take_too_long_are_done_without(database: Database) -> None:
    await remember(database, "home", "Lives in Lyon.")

    materials = await contexts(database, Hanging()).gather(TENANT, None, None, "Where is my home?")

    assert materials.forgetful
    assert (materials.facts, materials.recall) == ((), "off")
    assert build(materials, 1000).messages[-1].content == "Where is my home?"


async def test_memories_that_cant_be_had_are_done_without(
    database: Database, address: Address
) -> None:
    away = Database(Address("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"))
    memories = contexts(away)._memories
    try:
        gathering = Contexts(database, memories, utc_now, POLICY)
        materials = await gathering.gather(TENANT, None, None, "Where is my home?")
    finally:
        await away.aclose()

    assert materials.forgetful


@pytest.mark.parametrize("wanted", [True, False])
async def test_memories_are_used_where_both_want_it(database: Database, wanted: bool) -> None:
    conversation_id, ids = await converse(database, small_talk(1), remember=True)
    await remember(database, "home", "Lives in Lyon.", ids[0])

    materials = await contexts(database).gather(
        TENANT, conversation_id, ids[-1], "Where is my home?", remember=wanted
    )

    assert [fact.text for fact in materials.facts] == ["Lives in Lyon."] * wanted
    assert materials.recall == ("words" if wanted else "off")
    assert not materials.forgetful


async def test_strangers_and_unknown_names_are_refused(database: Database) -> None:
    conversation_id, ids = await converse(database, small_talk(1), tenant_id="others")
    other_id, _ = await converse(database, small_talk(1))
    gather = contexts(database).gather

    for missing in (conversation_id, uuid4()):
        with pytest.raises(ConversationNotFound):
            await gather(TENANT, missing, ids[0], "Hello")
    with pytest.raises(UnknownTemplate):
        await gather(TENANT, None, None, "Hello", template="pirate")
    assert (await gather(TENANT, other_id, ids[1], "Hello")).recent == ()


async def _call_a_tool(database: Database, conversation_id: UUID, parent_id: UUID) -> UUID:
    call = ChatMessage(
        id=new_id(),
        conversation_id=conversation_id,
        parent_id=parent_id,
        depth=1,
        role="assistant",
        content="",
        reasoning="",
        tool_calls=[{"id": "c1", "name": "look", "arguments": "{}"}],
        status="complete",
        created_at=BEGAN,
    )
    async with database.begin(TENANT) as unit:
        await Conversations(unit).add_message(call)
    return call.id
