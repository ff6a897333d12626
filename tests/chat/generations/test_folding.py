"""Logs whose events are gone, and whose text is not."""

from datetime import timedelta

from app.chat.events import Broke, Counted, Said
from app.chat.generations import Folding, GenerationLogs
from app.db import Address, Database
from app.kit.clock import utc_now
from tests.chat.generations.turns import TENANT, begin, read, shown, text
from tests.crash.log import rows


def _folding(database: Database, *, days: int = 2) -> Folding:
    """As it folds in so many days."""
    return Folding(database, lambda: utc_now() + timedelta(days=days), hours=24)


async def test_it_answers_with_its_start_its_whole_text_and_its_end(
    database: Database, logs: GenerationLogs, clean_address: Address
) -> None:
    turn = await begin(database, logs)
    for piece in ("One", " and", " more"):
        turn.log.add(Said(piece))
        turn.log.add(Counted(1, 1, None, 0))
    await turn.log.end(turn.said())
    running = await begin(database, logs)
    whole = await read(logs, turn.id)

    assert await _folding(database, days=0).fold() == 0
    assert await _folding(database).fold() == 1
    assert await _folding(database).fold() == 0

    assert rows(clean_address, "SELECT count(*) FROM generation_events") == [(2 + 1,)]
    events = await read(logs, turn.id)
    assert shown(events) == [(1, "start"), (7, "content"), (8, "done")]
    assert text(events) == "One and more"
    assert (events[0], events[-1]) == (whole[0], whole[-1])
    assert await read(logs, turn.id, 1) == events[1:]
    for place in range(8):
        had = text([numbered for numbered in whole if numbered.seq <= place])
        rest = await read(logs, turn.id, place)
        assert had + text(rest) == "One and more", "nothing is lost, and nothing is said twice"
        assert rest[-1] == whole[-1]
    assert await read(logs, turn.id, 7) == events[2:], "who has the piece has all"
    for place in (8, 1000):
        assert await read(logs, turn.id, place) == []
    await running.log.end(running.said())


async def test_a_reader_is_told_the_rest_whose_characters_have_many_bytes(
    database: Database, logs: GenerationLogs
) -> None:
    turn = await begin(database, logs)
    for piece in ("é\U0001f600", "я👩‍👩‍👧", "我"):
        turn.log.add(Said(piece))
        turn.log.add(Counted(1, 1, None, 0))
    await turn.log.end(turn.said())
    await _folding(database).fold()
    assert text(await read(logs, turn.id, 2)) == "я👩‍👩‍👧我"
    assert text(await read(logs, turn.id, 4)) == "我"


async def test_it_is_told_anew_where_nobody_kept_how_much_was_said_by_when(
    database: Database, logs: GenerationLogs, clean_address: Address
) -> None:
    """Of logs that were folded by an earlier release."""
    turn = await begin(database, logs)
    turn.log.add(Said("One"))
    turn.log.add(Counted(1, 1, None, 0))
    await turn.log.end(turn.said())
    await _folding(database).fold()
    rows(clean_address, "UPDATE generations SET text_lengths = NULL RETURNING 1")
    events = await read(logs, turn.id, 2)
    assert shown(events) == [(1, "start"), (3, "content"), (4, "done")]
    assert text(events) == "One"


async def test_one_that_said_nothing(database: Database, logs: GenerationLogs) -> None:
    turn = await begin(database, logs)
    turn.log.add(Counted(1, 1, None, 0))
    await turn.log.end(Broke("CHAIN_EXHAUSTED", "nobody answers", retryable=True))
    whole = await read(logs, turn.id)
    await _folding(database).fold()
    assert await read(logs, turn.id) == [whole[0], whole[-1]]
    assert (await logs.get(TENANT, turn.id)).folded_at is not None


async def test_many_are_folded_in_one_go(
    database: Database, logs: GenerationLogs, clean_address: Address
) -> None:
    """More than are folded by one statement."""
    turn = await begin(database, logs)
    await turn.log.end(turn.said())
    rows(
        clean_address,
        """
        WITH copied AS (
            INSERT INTO messages (id, conversation_id, depth, role, content, reasoning, tool_calls,
                status, created_at)
            SELECT gen_random_uuid(), conversation_id, 0, 'assistant', '', '', '[]', 'complete',
                created_at
            FROM messages, generate_series(1, 1200) WHERE id = %s
            RETURNING id, conversation_id
        )
        INSERT INTO generations (id, tenant_id, conversation_id, message_id, host_id, status,
            notices, saved_tokens, started_at, ended_at)
        SELECT gen_random_uuid(), 'default', conversation_id, id, gen_random_uuid(), 'done', '{}',
            0, now(), now() FROM copied
        RETURNING 1
        """,
        turn.message_id,
    )
    assert await _folding(database).fold() == 1201
