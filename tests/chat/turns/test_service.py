"""What a turn stores, sends and says, as those who begin turns see it."""

import asyncio
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from app.chat import Broke, Chat, Counted, Finished, Said, Started, ToolCalled
from app.chat.errors import ConversationFull, FieldUnusable, MessageNotFound
from app.chat.events import NoticeCode, Noticed
from app.chat.limits import CONVERSATION_MESSAGES
from app.chat.turns import Ask, ToolResult, Turns
from app.chat.turns.errors import MovedOn, TooManyGenerations
from app.chat.turns.placing import find_spot, store
from app.db import Address, Database
from app.kit.clock import utc_now
from app.kit.ids import new_id
from app.llm import LedgerEntry, Tool
from tests.chat.turns.conftest import TENANT, OpenChat, heard, turn
from tests.fakes.openai_wire import FakeOpenAI

WEATHER = Tool("weather", "Tells the weather.", {"type": "object", "properties": {}})


def ask(message: str | None = "Hello", **fields: Any) -> Ask:
    return Ask(TENANT, message=message, **fields)


def rows(address: Address, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(address.libpq, row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()


class TestTools:
    async def test_a_call_and_its_result(self, chat: Chat, upstream: FakeOpenAI) -> None:
        upstream.reply = lambda body: {"city": "Rome"}
        began, events = await turn(chat, ask("What is it like in Rome?", tools=(WEATHER,)))
        [called] = [event for event in events if isinstance(event, ToolCalled)]
        upstream.reply = lambda body: "Sunny."
        results = (ToolResult(called.id, "25 degrees"),)
        again = ask(None, conversation_id=began.conversation_id, results=results, tools=(WEATHER,))
        _, after = await turn(chat, again)

        assert called == ToolCalled("call_1", "weather", '{"city": "Rome"}')
        assert events[-1] == Finished(began.message_id, "tool_calls")
        assert [type(event) for event in after] == [Started, Said, Counted, Finished]
        roles = [message["role"] for message in upstream.calls[-1]["messages"]]
        assert roles == ["system", "user", "assistant", "tool"]
        assert upstream.calls[-1]["messages"][-1]["tool_call_id"] == "call_1"

    async def test_half_a_call_is_none(self, chat: Chat, upstream: FakeOpenAI) -> None:
        upstream.reply, upstream.fault = (lambda body: {"city": "Rome", "day": "today"}), "cut"
        _, events = await turn(chat, ask(tools=(WEATHER,)))

        assert isinstance(events[-1], Broke)
        assert not [event for event in events if isinstance(event, ToolCalled)]

    async def test_the_result_of_no_call(self, chat: Chat, clean_address: Address) -> None:
        began, _ = await turn(chat, ask())
        results = (ToolResult("call_9", "25 degrees"),)
        with pytest.raises(FieldUnusable, match=r"results\.0\.tool_call_id 'call_9' is no call"):
            await chat.turns.begin(
                ask(None, conversation_id=began.conversation_id, results=results)
            )
        assert len(rows(clean_address, "SELECT id FROM messages")) == 2


class TestPlaces:
    async def test_another_programs_name_for_a_conversation(
        self, chat: Chat, upstream: FakeOpenAI
    ) -> None:
        first, _ = await turn(chat, ask("One", external_id="their-chat"))
        second, _ = await turn(chat, ask("Two", external_id="their-chat"))

        assert first.conversation_id == second.conversation_id
        assert len(upstream.calls[-1]["messages"]) == 4

    async def test_a_name_of_a_message_stays_with_the_first(
        self, chat: Chat, clean_address: Address
    ) -> None:
        began, _ = await turn(chat, ask("One", message_external_id="m1"))
        again = ask("Two", conversation_id=began.conversation_id, message_external_id="m1")
        await turn(chat, again)

        query = "SELECT content, external_id FROM messages WHERE role = 'user' ORDER BY created_at"
        assert [tuple(row.values()) for row in rows(clean_address, query)] == [
            ("One", "m1"),
            ("Two", None),
        ]

    async def test_the_last_question_is_answered_again(
        self, chat: Chat, upstream: FakeOpenAI
    ) -> None:
        began, _ = await turn(chat, ask("One"))
        await turn(chat, ask(None, conversation_id=began.conversation_id))

        assert [m["content"] for m in upstream.calls[-1]["messages"][1:]] == ["One"]

    async def test_nothing_to_answer(self, chat: Chat) -> None:
        with pytest.raises(FieldUnusable, match="message has nothing before it"):
            await chat.turns.begin(ask(None))

    async def test_a_message_of_another_conversation(self, chat: Chat) -> None:
        one, _ = await turn(chat, ask())
        other, _ = await turn(chat, ask())
        elsewhere = ask(conversation_id=one.conversation_id, parent=other.message_id)
        with pytest.raises(MessageNotFound):
            await chat.turns.begin(elsewhere)

    async def test_what_was_said_meanwhile_is_noticed(self, chat: Chat, database: Database) -> None:
        began, _ = await turn(chat, ask())
        late = ask("Late", conversation_id=began.conversation_id)
        async with database.read(TENANT) as unit:
            spot = await find_spot(unit, late)
        await turn(chat, replace(late, message="Early"))

        with pytest.raises(MovedOn):
            async with database.begin(TENANT) as unit:
                await store(unit, late, spot, utc_now())

    async def test_a_conversation_that_is_full(self, chat: Chat, clean_address: Address) -> None:
        began, _ = await turn(chat, ask())
        with psycopg.connect(clean_address.libpq) as connection:
            connection.execute(
                "INSERT INTO messages (id, conversation_id, depth, role, content, reasoning,"
                " tool_calls, status, created_at) SELECT gen_random_uuid(), %s, 0, 'user', '', '',"
                " '[]', 'complete', now() FROM generate_series(1, %s)",
                (began.conversation_id, CONVERSATION_MESSAGES - 3),
            )
        with pytest.raises(ConversationFull):
            await chat.turns.begin(ask(conversation_id=began.conversation_id))


class TestAfterwards:
    @pytest.mark.parametrize("remember", [True, False])
    async def test_what_was_said_is_remembered_or_not(
        self, chat: Chat, clean_address: Address, *, remember: bool
    ) -> None:
        await turn(chat, ask(remember=remember))

        jobs = rows(clean_address, "SELECT task_name FROM procrastinate_jobs")
        assert ("chat:remember" in {row["task_name"] for row in jobs}) == remember

    async def test_nothing_is_made_of_what_broke_off(
        self, chat: Chat, upstream: FakeOpenAI, clean_address: Address
    ) -> None:
        upstream.fault = "cut"
        await turn(chat, ask())

        assert not rows(clean_address, "SELECT id FROM procrastinate_jobs")


class BrokenLedger:
    """Fails where no ledger may."""

    def record(self, entry: LedgerEntry) -> None:
        raise RuntimeError(f"no room for {entry.id}")


class TestTrouble:
    async def test_a_bug_ends_the_answer_and_says_nothing_of_itself(
        self, open_here: OpenChat
    ) -> None:
        async with open_here(ledger=BrokenLedger()) as chat:
            began, events = await turn(chat, ask())
            row = await chat.generations.get(TENANT, began.generation_id)

        assert isinstance(events[-1], Broke)
        assert events[-1].error_code == "INTERNAL_ERROR"
        assert "no room" not in events[-1].message
        assert row.status == "failed"

    async def test_without_its_memory_it_answers_all_the_same(
        self, chat: Chat, clean_address: Address
    ) -> None:
        with psycopg.connect(clean_address.libpq) as connection:
            connection.execute("LOCK TABLE memories IN ACCESS EXCLUSIVE MODE")
            began = await chat.turns.begin(ask())
            connection.rollback()
        _, notice, *_, last = await heard(chat, began)

        assert isinstance(notice, Noticed)
        assert notice.code is NoticeCode.MEMORY_UNAVAILABLE
        assert last == Finished(began.message_id, "stop")

    async def test_no_more_than_a_process_can_make(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch, clean_address: Address
    ) -> None:
        monkeypatch.setattr(Turns, "MOST", 0)
        with pytest.raises(TooManyGenerations) as raised:
            await chat.turns.begin(ask())

        assert raised.value.retry_after > 0
        assert not rows(clean_address, "SELECT id FROM conversations")

    async def test_many_that_begin_at_once_wait_for_their_turn(self, chat: Chat) -> None:
        answers = await asyncio.gather(*(turn(chat, ask(f"Number {n}")) for n in range(40)))

        assert all(events[-1].type == "done" for _, events in answers)
        assert len({began.conversation_id for began, _ in answers}) == 40

    async def test_who_waits_too_long_is_sent_away(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch, clean_address: Address
    ) -> None:
        monkeypatch.setattr("app.chat.turns.service._QUEUE_SECONDS", 0.1)
        with psycopg.connect(clean_address.libpq) as connection:
            connection.execute("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
            first = [asyncio.create_task(chat.turns.begin(ask())) for _ in range(5)]
            await asyncio.sleep(0.05)
            with pytest.raises(TooManyGenerations):
                await chat.turns.begin(ask())
            connection.rollback()
        for began in await asyncio.gather(*first):
            assert (await heard(chat, began))[-1].type == "done"

    async def test_unknown_ids(self, chat: Chat) -> None:
        with pytest.raises(MessageNotFound):
            await chat.turns.regenerate(new_id(), ask(None))
        with pytest.raises(MessageNotFound):
            await chat.turns.edit(new_id(), ask())

    async def test_the_end_hangs_up_and_keeps_what_was_said(
        self, open_here: OpenChat, upstream: FakeOpenAI, clean_address: Address
    ) -> None:
        upstream.fault = "silence-in-mid-answer"
        async with open_here() as chat:
            began = await chat.turns.begin(ask())
            async for some in chat.generations.follow(TENANT, began.generation_id):
                if any(isinstance(numbered.event, Said) for numbered in some):
                    break

        query = "SELECT status, content FROM messages WHERE role = 'assistant'"
        [message] = rows(clean_address, query)
        assert message["status"] == "failed"
        assert message["content"]
