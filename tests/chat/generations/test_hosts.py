"""Several hosts on one database: reading, stopping and ending each other's generations."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.chat.errors import GenerationActive, GenerationNotFound
from app.chat.events import Broke, NoticeCode, Noticed, Said
from app.chat.generations import GenerationLogs
from app.chat.generations.feed import Feed
from app.db import Address, Database
from tests.chat.generations.conftest import OpenHost
from tests.chat.generations.turns import TENANT, begin, read, shown, text
from tests.crash.log import rows, until

OLD = "UPDATE chat_hosts SET beat_at = now() - interval '1 hour'"


@pytest.fixture
async def other(open_host: OpenHost) -> AsyncIterator[GenerationLogs]:
    async with open_host() as opened:
        yield opened


async def test_another_host_serves_it_from_every_index_as_it_is_made(
    database: Database, logs: GenerationLogs, other: GenerationLogs
) -> None:
    turn = await begin(database, logs)
    early = [asyncio.create_task(read(other, turn.id, place)) for place in range(8)]
    for number in range(5):
        turn.log.add(Noticed(NoticeCode.WAITED, str(number)))
        await asyncio.sleep(0.02)
    late = [asyncio.create_task(read(other, turn.id, place)) for place in range(8)]
    await turn.log.end(turn.said())

    whole = await read(logs, turn.id)
    assert [numbered.seq for numbered in whole] == list(range(1, 8))
    for place in range(8):
        assert await early[place] == whole[place:]
        assert await late[place] == whole[place:]
        assert await read(other, turn.id, place) == whole[place:]
        assert await read(logs, turn.id, place) == whole[place:]
    assert await read(other, turn.id, 1000) == []


async def test_a_reader_far_behind_reads_the_table(
    database: Database, logs: GenerationLogs, other: GenerationLogs
) -> None:
    turn = await begin(database, logs)
    for host in (logs, other):
        lagging = host.follow(TENANT, turn.id)
        first = await anext(lagging)
        for number in range(700):
            turn.log.add(Noticed(NoticeCode.WAITED, str(number)))
        await _stored(turn.log.feed, turn.log.feed.end + 700)
        got = [*first]
        while len(got) < turn.log.feed.end:
            got += await anext(lagging)
        await lagging.aclose()
        assert [numbered.seq for numbered in got] == list(range(1, turn.log.feed.end + 1))
    await turn.log.end(turn.said())


async def _stored(feed: Feed, place: int) -> None:
    async with asyncio.timeout(30):
        while feed.end < place:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("where", ["here", "there"])
async def test_it_is_stopped_from_any_host(
    database: Database,
    logs: GenerationLogs,
    other: GenerationLogs,
    clean_address: Address,
    where: str,
) -> None:
    turn = await begin(database, logs)
    turn.obeys()
    turn.log.add(Said("The part that was said"))
    reading = asyncio.create_task(read(other, turn.id))

    state = await (logs if where == "here" else other).stop(TENANT, turn.id)

    assert (state.status, state.finish_reason) == ("stopped", "stopped")
    events = await reading
    assert shown(events) == [(1, "start"), (2, "content"), (3, "done")]
    [message] = rows(
        clean_address, "SELECT content, status FROM messages WHERE id = %s", turn.message_id
    )
    assert message == ("The part that was said", "stopped")
    again = await other.stop(TENANT, turn.id)
    assert again.ended_at == state.ended_at


async def test_a_maker_that_does_not_listen_is_stopped_all_the_same(
    database: Database, logs: GenerationLogs
) -> None:
    turn = await begin(database, logs)
    assert (await logs.stop(TENANT, turn.id)).status == "stopped"
    turn.log.add(Said("more"))
    await turn.log.end(turn.said())
    assert shown(await read(logs, turn.id)) == [(1, "start"), (2, "done")]


async def test_whatever_the_maker_ends_with_a_stop_is_a_stop(
    database: Database, logs: GenerationLogs
) -> None:
    turn = await begin(database, logs)
    stopped = asyncio.Event()
    turn.log.on_stop(stopped.set)
    stopping = asyncio.create_task(logs.stop(TENANT, turn.id))
    await stopped.wait()
    await turn.log.end(Broke("CANCELLED", "the task was cancelled", retryable=False))
    assert (await stopping).status == "stopped"


async def test_a_stop_whose_word_was_lost_is_found(
    database: Database, open_host: OpenHost, clean_address: Address
) -> None:
    async with open_host(beat=0.05) as logs:
        turn = await begin(database, logs)
        turn.obeys()
        rows(clean_address, "UPDATE generations SET stop_asked_at = now() RETURNING 1")
        assert shown(await read(logs, turn.id)) == [(1, "start"), (2, "done")]


async def test_what_a_dead_host_left_is_ended_and_its_words_are_kept(
    database: Database, logs: GenerationLogs, open_host: OpenHost, clean_address: Address
) -> None:
    turn = await begin(database, logs)
    turn.log.add(Said("So far"))
    await _stored(turn.log.feed, 2)
    async with open_host(beat=0.05, stalled=1) as other:
        watching = asyncio.create_task(read(other, turn.id))
        await asyncio.sleep(0.05)
        rows(clean_address, f"{OLD} WHERE id = (SELECT host_id FROM generations) RETURNING 1")
        events = await watching
    assert shown(events) == [(1, "start"), (2, "content"), (3, "error")]
    last = events[-1].event
    assert isinstance(last, Broke)
    assert (last.error_code, last.retryable) == ("GENERATION_LOST", True)
    [message] = rows(
        clean_address, "SELECT content, status FROM messages WHERE id = %s", turn.message_id
    )
    assert message == ("So far", "failed")
    row = await logs.get(TENANT, turn.id)
    assert (row.status, row.error_code) == ("failed", "GENERATION_LOST")


async def test_who_was_taken_for_dead_loses_and_shows_what_the_table_says(
    database: Database, logs: GenerationLogs, other: GenerationLogs, clean_address: Address
) -> None:
    turn = await begin(database, logs)
    bystander = await begin(database, logs)
    halted = asyncio.Event()
    turn.log.on_stop(halted.set)
    reading = asyncio.create_task(read(logs, turn.id))
    await asyncio.sleep(0.01)
    rows(clean_address, f"{OLD} WHERE id = (SELECT host_id FROM generations LIMIT 1) RETURNING 1")
    assert [n.event.type for n in await read(other, turn.id)] == ["start", "error"]

    turn.log.add(Said("never to be seen"))
    bystander.log.add(Said("goes on"))
    async with asyncio.timeout(30):
        await halted.wait()
        await turn.log.end(turn.said())
        await bystander.log.end(bystander.said())

    assert shown(await reading) == [(1, "start"), (2, "error")]
    assert text(await read(logs, bystander.id)) == "goes on"
    assert await logs.running(TENANT, turn.conversation_id) is None


async def test_a_new_turn_ends_what_a_dead_host_left(
    database: Database, logs: GenerationLogs, other: GenerationLogs, clean_address: Address
) -> None:
    turn = await begin(database, logs)
    assert await other.running(TENANT, turn.conversation_id) == turn.id
    with pytest.raises(GenerationActive):
        await other.ensure_idle(TENANT, turn.conversation_id)
    with pytest.raises(GenerationActive, match=str(turn.id)):
        await begin(database, other, conversation_id=turn.conversation_id)
    rows(clean_address, f"{OLD} WHERE id = (SELECT host_id FROM generations) RETURNING 1")
    await other.ensure_idle(TENANT, turn.conversation_id)
    following = await begin(database, other, conversation_id=turn.conversation_id)
    await following.log.end(following.said())


async def test_a_stop_of_what_a_dead_host_made_is_answered(
    database: Database, logs: GenerationLogs, other: GenerationLogs, clean_address: Address
) -> None:
    turn = await begin(database, logs)
    rows(clean_address, f"{OLD} WHERE id = (SELECT host_id FROM generations) RETURNING 1")
    assert (await other.stop(TENANT, turn.id)).error_code == "GENERATION_LOST"


async def test_what_was_begun_and_never_heard_of_is_ended(
    database: Database, open_host: OpenHost, clean_address: Address
) -> None:
    """As when the connection breaks at the commit."""
    async with open_host(beat=0.05, stalled=0.2) as logs:
        turn = await begin(database, logs)
        made = rows(clean_address, "SELECT host_id FROM generations")[0][0]
        forgotten = await begin(database, logs)
        logs._here.pop(forgotten.id)  # nothing else can forget it
        await until(
            clean_address,
            "SELECT FROM generations WHERE id = %s AND ended_at > '-infinity'",
            forgotten.id,
        )
        assert rows(clean_address, "SELECT id FROM chat_hosts") == [(made,)]
        await turn.log.end(turn.said())
    assert rows(clean_address, "SELECT id FROM chat_hosts") == []


async def test_other_tenants_see_nothing(
    database: Database, logs: GenerationLogs, other: GenerationLogs
) -> None:
    turn = await begin(database, logs)
    for host in (logs, other):
        for asked in (host.find, host.get, host.stop):
            with pytest.raises(GenerationNotFound):
                await asked("team-blue", turn.id)
        with pytest.raises(GenerationNotFound):
            await anext(host.follow("team-blue", turn.id))
        assert await host.running("team-blue", turn.conversation_id) is None
    assert await logs.running(TENANT, turn.conversation_id) == turn.id


@pytest.mark.parametrize("more", [True, False])
async def test_a_conversation_deleted_meanwhile_ends_its_readers_and_its_maker(
    database: Database,
    logs: GenerationLogs,
    other: GenerationLogs,
    clean_address: Address,
    more: bool,
) -> None:
    turn = await begin(database, logs)
    halted = asyncio.Event()
    turn.log.on_stop(halted.set)
    there = asyncio.create_task(read(other, turn.id))
    await asyncio.sleep(0.05)
    rows(clean_address, "DELETE FROM conversations RETURNING 1")
    if more:
        turn.log.add(Said("more"))
        async with asyncio.timeout(30):
            await halted.wait()
    await turn.log.end(turn.said())
    assert shown(await there) == [(1, "start")]


async def test_at_shutdown_it_says_so(open_host: OpenHost, database: Database) -> None:
    async with open_host() as logs, open_host() as other:
        turn = await begin(database, logs)
        turn.log.add(Said("So far"))
        watching = asyncio.create_task(read(other, turn.id))
        await asyncio.sleep(0.05)
        await logs.drain()
        events = await watching
    assert shown(events) == [(1, "start"), (2, "content"), (3, "error")]
    assert isinstance(last := events[-1].event, Broke)
    assert (last.error_code, last.retryable) == ("SERVER_CLOSING", True)
