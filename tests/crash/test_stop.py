"""SIGTERM: streams are told, rooms handed over, ledgers written, and all that soon."""

import asyncio

import pytest

from app.db import Address
from tests.crash.log import assert_every_event_once, rows, until
from tests.crash.processes import Processes
from tests.crash.rooms import NO_JOBS, RUNNING, modelled, started_room
from tests.crash.viewer import Viewer
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI
from tests.fakes.postgres_proxy import PostgresProxy
from tests.functional.client import market_at

pytestmark = pytest.mark.crash

SECONDS_TO_STOP = 10.0


async def test_streams_are_told_and_the_room_goes_on_at_once(
    processes: Processes, clean_address: Address
) -> None:
    """A worker taken for dead only after an hour can't be what lets it go on."""
    patient = {"WORKER_STALLED_AFTER": "3600"}
    first = await processes.serve(**patient)
    second = await processes.serve(**patient)
    async with market_at(first.url) as market:
        room_id = await started_room(market, rounds=12)
    await until(clean_address, RUNNING, 0)
    [(worker,)] = rows(clean_address, "SELECT worker_id FROM procrastinate_jobs")
    player, survivor = (first, second) if worker == 1 else (second, first)
    serving = [player, survivor]
    viewer = Viewer(lambda: serving[0].url, room_id)
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.follow())
        await viewer.drawn(5)
        async with market_at(player.url) as market, market.watch(room_id) as subscription:
            player.process.terminate()
            serving.pop(0)
            told = await subscription.rest()
        assert await player.ended(SECONDS_TO_STOP) == 0
        assert not viewer.over
    assert "negotiation_complete" not in [event.name for event in told]
    assert viewer.visits == 2
    assert_every_event_once(clean_address, room_id, viewer.events)
    await until(clean_address, NO_JOBS)


async def test_the_next_start_goes_on_at_once(processes: Processes, clean_address: Address) -> None:
    patient = {"WORKER_STALLED_AFTER": "3600"}
    running = await processes.serve(**patient)
    async with market_at(running.url) as market:
        room_id = await started_room(market, rounds=10)
    viewer = Viewer(lambda: running.url, room_id)
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.follow())
        await viewer.drawn(5)
        running.process.terminate()
        assert await running.ended(SECONDS_TO_STOP) == 0
        running = await processes.serve(**patient, PORT=running.port)
    assert_every_event_once(clean_address, room_id, viewer.events)


async def test_every_call_that_was_made_is_in_the_ledger(
    processes: Processes, clean_address: Address
) -> None:
    async with FakeOpenAI(reply=negotiate, latency=0.2) as fake:
        running = await processes.serve(OPENAI_API_KEY="sk-stop", OPENAI_BASE_URL=fake.base_url)
        async with market_at(running.url) as market:
            await started_room(market, **modelled(), rounds=50)
        await until(clean_address, "SELECT FROM room_events WHERE seq > 8")
        running.process.terminate()
        assert await running.ended(SECONDS_TO_STOP) == 0
        made = len(fake.calls)
    [(written,)] = rows(clean_address, "SELECT count(*) FROM llm_calls")
    assert written == made


@pytest.mark.parametrize(("trouble", "rooms"), [("gone", 1), ("hanging", 1), ("hanging", 20)])
async def test_it_stops_while_the_database_is_away(
    processes: Processes, clean_address: Address, trouble: str, rooms: int
) -> None:
    """With many rooms some are in the middle of a query, which the driver waits for."""
    async with PostgresProxy(clean_address) as proxy:
        away = {"DATABASE_URL": proxy.address.libpq}
        web = await processes.serve(**away, RUN_WORKER="false")
        worker = await processes.work(**away)
        async with market_at(web.url) as market:
            pace = 0.15 if rooms == 1 else 0.0
            for _ in range(rooms):
                await started_room(market, rounds=50, pace_seconds=pace)
        await until(clean_address, "SELECT FROM room_events WHERE seq > 3")
        proxy.go_away() if trouble == "gone" else proxy.hang()
        for running in (web, worker):
            running.process.terminate()
        assert await worker.ended(SECONDS_TO_STOP) == 0
        assert await web.ended(SECONDS_TO_STOP) == 0
