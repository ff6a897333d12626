"""A log that is made and read in one process."""

from decimal import Decimal

from app.chat.events import Counted, NoticeCode, Noticed, Said, Thought, ToolCalled
from app.chat.generations import Ending, GenerationLogs
from app.db import Address, Database
from app.kit.ids import new_id
from tests.chat.generations.turns import TENANT, begin, read, shown, text
from tests.crash.log import rows


async def test_what_was_said_is_stored_with_its_figures(
    database: Database, logs: GenerationLogs, clean_address: Address
) -> None:
    turn = await begin(database, logs)
    turn.log.add(Noticed(NoticeCode.FALLBACK, "another answers"))
    turn.log.add(Thought("Hm."))
    for piece in ("Hel", "lo", " there\0"):
        turn.log.add(Said(piece))
    turn.log.add(ToolCalled("call-1", "look", '{"at": 1}'))
    turn.log.add(Counted(10, 4, Decimal("0.000123"), 3))
    ending = Ending(model="fake/second", context_key="key", call_id=new_id(), relevance=0.5)
    await turn.log.end(turn.said(), ending)

    events = await read(logs, turn.id)
    assert shown(events) == [
        (1, "start"),
        (2, "notice"),
        (3, "reasoning"),
        (4, "content"),
        (5, "tool_call"),
        (6, "usage"),
        (7, "done"),
    ]
    assert text(events) == "Hello there\ufffd"
    row = await logs.get(TENANT, turn.id)
    assert (row.status, row.finish_reason, row.notices) == ("done", "stop", ["FALLBACK"])
    assert (row.model, row.context_key, row.call_id) == ("fake/second", "key", ending.call_id)
    assert (row.prompt_tokens, row.completion_tokens, row.saved_tokens) == (10, 4, 3)
    assert row.cost_usd == Decimal("0.000123")
    assert row.first_token_ms is not None
    assert row.duration_ms is not None
    assert 0 <= row.first_token_ms <= row.duration_ms
    [message] = rows(
        clean_address,
        "SELECT content, reasoning, tool_calls, status, model, finish_reason FROM messages "
        "WHERE id = %s",
        turn.message_id,
    )
    call = {"id": "call-1", "name": "look", "arguments": '{"at": 1}'}
    assert message == ("Hello there\ufffd", "Hm.", [call], "complete", "fake/second", "stop")
