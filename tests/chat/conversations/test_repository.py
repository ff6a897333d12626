"""What is stored of conversations, and how a branch is read."""

from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.chat.conversations.models import ChatMessage
from app.chat.conversations.repository import Conversations
from app.db import Database
from app.kit.ids import new_id
from tests.chat.conversations.rows import AT, a_conversation, a_message, at, store

trees = st.lists(st.integers(min_value=0), min_size=1, max_size=30)
"""The parent of each message after the first, as a place among those before it."""


def grown(conversation_id: UUID, places: list[int]) -> list[ChatMessage]:
    messages = [a_message(conversation_id)]
    for age, place in enumerate(places[1:], start=1):
        parent = messages[place % len(messages)]
        messages.append(a_message(conversation_id, parent, created_at=at(age)))
    return messages


def lineage(message: ChatMessage, messages: list[ChatMessage]) -> list[UUID]:
    """The ids from the root to the message."""
    by_id = {each.id: each for each in messages}
    way = [message]
    while (parent := way[0].parent_id) is not None:
        way.insert(0, by_id[parent])
    return [each.id for each in way]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    trees,
    st.integers(min_value=0),
    st.integers(min_value=1, max_value=35),
    st.integers(min_value=1, max_value=35),
)
async def test_a_branch_is_the_way_from_the_root_to_its_last_message(
    database: Database, places: list[int], leaf: int, limit: int, most: int
) -> None:
    conversation = a_conversation()
    messages = grown(conversation.id, places)
    await store(database, conversation, messages)
    head = messages[leaf % len(messages)]
    way = lineage(head, messages)

    async with database.read("default") as unit:
        conversations = Conversations(unit)
        branch = await conversations.branch(head.id, limit)
        part = await conversations.branch(head.id, limit, most=most)
        ids = await conversations.way_to(head.id)

    assert [message.id for message in branch] == way[-limit:]
    assert [message.id for message in part] == way[-limit:][:most]
    assert ids == way


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(trees, st.integers(min_value=0))
async def test_the_newest_below_a_message_ends_a_branch_through_it(
    database: Database, places: list[int], place: int
) -> None:
    conversation = a_conversation()
    messages = grown(conversation.id, places)
    await store(database, conversation, messages)
    through = messages[place % len(messages)]
    below = [each for each in messages if through.id in lineage(each, messages)]

    async with database.read("default") as unit:
        newest = await Conversations(unit).newest_below(through.id)

    assert newest == below[-1].id
    assert newest not in {message.parent_id for message in messages}


async def test_what_was_stored_is_read_again(database: Database) -> None:
    conversation = a_conversation(external_id="theirs", system_text="Be brief.", model="a:b")
    calls = [{"id": "1", "name": "weather", "arguments": '{"city":"Bonn"}'}]
    message = a_message(conversation.id, tool_calls=calls, external_id="m1", content="é" * 3)
    await store(database, conversation, [message])

    async with database.read("default") as unit:
        found = await Conversations(unit).by_external_id("theirs")
        kept = await Conversations(unit).message_by_external_id(conversation.id, "m1")
        count = await Conversations(unit).count_messages(conversation.id)

    assert found is not None
    assert (found.id, found.system_text, found.model) == (conversation.id, "Be brief.", "a:b")
    assert kept is not None
    assert (kept.id, kept.tool_calls, kept.content) == (message.id, calls, "ééé")
    assert count == 1


async def test_an_external_id_is_taken_once(database: Database) -> None:
    conversation = a_conversation(external_id="theirs")
    await store(database, conversation, [a_message(conversation.id, external_id="m1")])

    async with database.begin("default") as unit:
        conversations = Conversations(unit)
        assert not await conversations.add(a_conversation(external_id="theirs"))
        assert not await conversations.add_message(a_message(conversation.id, external_id="m1"))
        assert await conversations.add_message(a_message(conversation.id, external_id="m2"))


async def test_the_head_moves_and_time_never_goes_back(database: Database) -> None:
    conversation = a_conversation()
    message = a_message(conversation.id)
    await store(database, conversation, [message])

    async with database.begin("default") as unit:
        conversations = Conversations(unit)
        await conversations.move_head(conversation.id, message.id, AT + timedelta(seconds=2))
        await conversations.move_head(conversation.id, message.id, AT + timedelta(seconds=1))
        moved = await conversations.get(conversation.id, lock=True)

    assert moved is not None
    assert (moved.head_id, moved.updated_at) == (message.id, AT + timedelta(seconds=2))


async def test_another_tenant_sees_nothing(database: Database) -> None:
    conversation = a_conversation(external_id="theirs")
    message = a_message(conversation.id, external_id="m1")
    await store(database, conversation, [message])

    async with database.begin("other") as unit:
        conversations = Conversations(unit)
        await conversations.move_head(conversation.id, new_id(), AT)
        assert await conversations.get(conversation.id) is None
        assert await conversations.by_external_id("theirs") is None
        assert await conversations.message(message.id) is None
        assert await conversations.message_by_external_id(conversation.id, "m1") is None
        assert await conversations.branch(message.id) == []
    async with database.read("default") as unit:
        found = await Conversations(unit).get(conversation.id)
    assert found is not None
    assert found.head_id == message.id
