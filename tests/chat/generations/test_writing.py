"""When and how logs are written: together, again where that came to nothing, and once."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from structlog.testing import capture_logs

from app.chat.events import Broke, Finished, Said
from app.chat.generations import GenerationLog, GenerationLogs
from app.chat.generations.log import Last, Opened
from app.chat.generations.repository import Generations
from app.chat.generations.storing import Store, host_topic
from app.db import Address, Database, Notifications, UnitOfWork
from app.kit.clock import utc_now
from app.kit.owned import owned
from tests.chat.generations.conftest import OpenHost
from tests.chat.generations.turns import TENANT, begin, read, shown, text
from tests.crash.log import rows
from tests.fakes.postgres_proxy import PostgresProxy


async def test_many_logs_are_written_together(
    database: Database, logs: GenerationLogs, clean_address: Address
) -> None:
    """One word to other processes for each write, however many logs it was of."""
    turns = [await begin(database, logs) for _ in range(50)]
    [(host,)] = rows(clean_address, "SELECT id FROM chat_hosts")
    heard: list[int | None] = []
    listening = Notifications(clean_address)
    async with owned("listening", listening.listen):
        with listening.waiting(host_topic(host), heard.append):
            async with asyncio.timeout(30):
                while not heard:  # told to look when it listens
                    await asyncio.sleep(0.01)
            heard.clear()
            for _ in range(40):
                for turn in turns:
                    turn.log.add(Said("word "))
                await asyncio.sleep(0.005)
            await asyncio.gather(*(turn.log.end(turn.said()) for turn in turns))
            await asyncio.sleep(0.1)
    for turn in turns:
        assert text(await read(logs, turn.id)) == "word " * 40
    assert 1 <= len(heard) <= 45, "of 2000 events in 50 logs"


class Nobody:
    """Leaves the writing to the test."""

    def wants(self, log: GenerationLog, *, hurry: bool = False) -> None:
        pass


@pytest.mark.parametrize("last", [False, True])
async def test_what_it_did_not_hear_back_from_is_taken_for_once(
    database: Database, logs: GenerationLogs, clean_address: Address, last: bool
) -> None:
    turn = await begin(database, logs)
    [(host,)] = rows(clean_address, "SELECT id FROM chat_hosts")
    log = GenerationLog(Opened(TENANT, turn.started, utc_now()), Nobody(), utc_now)
    log.add(Said("once"))
    ending = asyncio.ensure_future(log.end(turn.said())) if last else None
    await asyncio.sleep(0)
    async with database.begin(TENANT) as unit:  # the write whose answer is lost
        generations = Generations(unit)
        notice = Notifications(clean_address).notice(unit, "nowhere", 0)
        await generations.append({turn.id: log.take()}, host, notice)
        await generations.close({turn.id: log.ending} if last else {})

    store = Store(database, Notifications(clean_address), host)
    await (store.end if last else store.write)([log])

    if ending is not None:
        await ending
    expected = [(1, "start"), (2, "content"), (3, "done")][: 3 if last else 2]
    assert shown(log.feed.after(0) or []) == expected
    written = "SELECT seq, type FROM generation_events ORDER BY seq"
    assert rows(clean_address, written) == expected


async def test_a_database_that_comes_back_soon_is_not_noticed(
    database: Database, open_host: OpenHost, clean_address: Address
) -> None:
    async with PostgresProxy(clean_address) as proxy, open_host(address=proxy.address) as logs:
        turn = await begin(database, logs)
        turn.log.add(Said("before "))
        reading = asyncio.create_task(read(logs, turn.id))
        await _stored(turn.log.feed.grown())
        proxy.go_away()
        for _ in range(5):
            turn.log.add(Said("meanwhile "))
            await asyncio.sleep(0.05)
        assert turn.log.feed.end == 2, "shown, but not stored"
        proxy.come_back()
        await turn.log.end(turn.said())
        assert text(await reading) == "before " + 5 * "meanwhile "


async def test_one_that_stays_away_breaks_the_answer_off(
    database: Database, open_host: OpenHost, clean_address: Address
) -> None:
    async with AsyncExitStack() as stack:
        stack.enter_context(capture_logs())
        proxy = await stack.enter_async_context(PostgresProxy(clean_address))
        logs = await stack.enter_async_context(open_host(address=proxy.address, patience=0.3))
        turn = await begin(database, logs)
        halted = asyncio.Event()
        turn.log.on_stop(halted.set)
        proxy.go_away()
        turn.log.add(Said("said meanwhile"))
        async with asyncio.timeout(20):
            await halted.wait()
        proxy.come_back()
        await turn.log.end(turn.said("stopped"))
        events = await read(logs, turn.id)
    assert shown(events) == [(1, "start"), (2, "content"), (3, "error")]
    assert isinstance(last := events[-1].event, Broke)
    assert (last.error_code, last.retryable) == ("DATABASE_UNAVAILABLE", True)


async def _stored(grown: object) -> None:
    async with asyncio.timeout(30):
        await grown  # type: ignore[misc]


async def test_what_is_done_at_the_end_is_done_in_its_transaction(
    database: Database, logs: GenerationLogs, clean_address: Address
) -> None:
    told: list[tuple[str, Last]] = []

    async def ended(unit: UnitOfWork, last: Last) -> None:
        told.append((unit.tenant_id, last))
        connection = await unit.psycopg()
        await connection.execute("UPDATE conversations SET title = 'set at the end'")

    turn = await begin(database, logs, ended=ended)
    await turn.log.end(turn.said())
    assert told == [(TENANT, turn.said())]
    assert rows(clean_address, "SELECT title FROM conversations") == [("set at the end",)]


async def test_an_answer_ends_also_where_that_fails(
    database: Database, logs: GenerationLogs, clean_address: Address
) -> None:
    async def failing(unit: UnitOfWork, last: Last) -> None:  # of the interface
        connection = await unit.psycopg()
        await connection.execute("UPDATE conversations SET title = 'half done'")
        raise ValueError("a fault of ours")

    with capture_logs() as said:
        turn = await begin(database, logs, ended=failing)
        beside = await begin(database, logs)
        turn.log.add(Said("kept"))
        await asyncio.gather(turn.log.end(turn.said()), beside.log.end(beside.said()))
    for each in (turn, beside):
        assert (await logs.get(TENANT, each.id)).status == "done"
    assert text(await read(logs, turn.id)) == "kept"
    assert rows(clean_address, "SELECT count(*) FROM conversations WHERE title IS NULL") == [(2,)]
    assert [line["event"] for line in said] == ["generation.refused"]


@pytest.mark.parametrize("awkward", ["a\0b", "\ud83d", "\ud83d\ude00", "é\0", "\x1b[31m\u2028"])
async def test_awkward_text_is_stored(
    database: Database, logs: GenerationLogs, awkward: str
) -> None:
    turn = await begin(database, logs)
    turn.log.add(Said(awkward))
    await turn.log.end(Finished(turn.message_id, "stop"))
    events = await read(logs, turn.id)
    assert len(text(events)) == len(awkward)
    assert [event.frame for event in events]
