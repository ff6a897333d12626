"""Timings are noted at once and written soon after, whatever is away or gone."""

from typing import Any

import pytest
from sqlalchemy import text

from app.chat.speech.timings import PARTS, Timings
from app.db import Address, Database
from app.kit.clock import utc_now
from app.kit.ids import new_id
from app.kit.owned import owned
from tests.chat.conversations.rows import a_conversation, a_generation, a_message, store
from tests.fakes.postgres_proxy import PostgresProxy
from tests.jobs.conftest import eventually


async def noted(database: Database) -> list[tuple[Any, ...]]:
    query = text("SELECT tenant_id, generation_id, part, ms FROM chat_timings ORDER BY id")
    async with database.read("default") as unit:
        return [tuple(row) for row in await unit.session.execute(query)]


async def test_what_is_noted_is_written(database: Database) -> None:
    conversation = a_conversation()
    message = a_message(conversation.id)
    generation = a_generation(message)
    await store(database, conversation, [message], [generation])
    timings = Timings(database, utc_now)
    for ms, part in enumerate(PARTS):
        timings.note("default", part, ms + 0.6, generation.id)
    timings.note("default", "end_to_end", 5)
    assert await noted(database) == []
    await timings.flush()
    expected = [("default", generation.id, part, ms + 1) for ms, part in enumerate(PARTS)]
    assert await noted(database) == [*expected, ("default", None, "end_to_end", 5)]
    await timings.flush()
    assert len(await noted(database)) == 4


async def test_one_of_a_generation_that_is_gone_or_anothers_counts_all_the_same(
    database: Database,
) -> None:
    async with database.begin("team-blue") as unit:
        await unit.session.execute(text("INSERT INTO tenants VALUES ('team-blue', now())"))
    conversation = a_conversation()
    message = a_message(conversation.id)
    generation = a_generation(message)
    await store(database, conversation, [message], [generation])
    timings = Timings(database, utc_now)
    timings.note("default", "end_to_end", 1, new_id())
    timings.note("team-blue", "end_to_end", 2, generation.id)
    await timings.flush()
    assert await noted(database) == [
        ("default", None, "end_to_end", 1),
        ("team-blue", None, "end_to_end", 2),
    ]


@pytest.mark.parametrize("ms", [-0.1, float("nan"), float("inf"), 1e12])
async def test_what_is_no_time_is_refused(database: Database, ms: float) -> None:
    with pytest.raises(ValueError, match="ms should be 0 to"):
        Timings(database, utc_now).note("default", "end_to_end", ms)


async def test_what_is_no_part_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="part should be one of speech_to_text, "):
        Timings(database, utc_now).note("default", "lunch", 1)  # type: ignore[arg-type]


async def test_what_the_database_cannot_hold_is_dropped_and_counted(database: Database) -> None:
    timings = Timings(database, utc_now)
    timings.note("nobody", "end_to_end", 1)
    await timings.flush()
    timings.note("default", "end_to_end", 2)
    await timings.flush()
    assert timings.lost == 1
    assert await noted(database) == [("default", None, "end_to_end", 2)]


async def test_no_more_than_so_many_wait(database: Database) -> None:
    timings = Timings(database, utc_now, bound=2)
    for ms in range(5):
        timings.note("default", "end_to_end", ms)
    assert timings.lost == 3
    await timings.aclose()
    assert [ms for *_, ms in await noted(database)] == [0, 1]


async def test_they_wait_while_the_database_is_away(
    database: Database, clean_address: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    async def written(count: int) -> bool:
        return len(await noted(database)) == count

    async with PostgresProxy(clean_address) as proxy:
        far = Database(proxy.address)
        timings = Timings(far, utc_now)
        async with owned("timings", timings.run):
            timings.note("default", "end_to_end", 1)
            await eventually(lambda: written(1))
            proxy.go_away()
            timings.note("default", "end_to_end", 2)
            await eventually(lambda: "timings.database_away" in capsys.readouterr().out)
            proxy.come_back()
            await eventually(lambda: written(2))
        assert timings.lost == 0
        await far.aclose()
