"""Several processes on one database: what one leaves, another finishes."""

import asyncio

import pytest

from app.db import Address
from tests.crash.log import assert_every_event_once, rows, until
from tests.crash.processes import Processes
from tests.crash.rooms import NO_JOBS, RUNNING, finished_room, started_room
from tests.crash.viewer import Viewer
from tests.functional.client import Market, market_at

pytestmark = pytest.mark.crash


async def test_the_survivor_finishes_what_the_killed_one_played(
    processes: Processes, clean_address: Address
) -> None:
    first = await processes.serve()
    second = await processes.serve()
    async with market_at(first.url) as market:
        room_id = await started_room(market)
    await until(clean_address, RUNNING, 0)
    [(worker,)] = rows(clean_address, "SELECT worker_id FROM procrastinate_jobs")
    player, survivor = (first, second) if worker == 1 else (second, first)
    viewer = Viewer(lambda: survivor.url, room_id)
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.follow())
        await viewer.drawn(8)
        assert not viewer.over
        await player.kill()
    assert viewer.visits == 1, "the survivor's stream should have gone on"
    assert_every_event_once(clean_address, room_id, viewer.events)
    await until(clean_address, NO_JOBS)


async def test_a_process_shows_live_what_another_plays(
    processes: Processes, clean_address: Address
) -> None:
    """By NOTIFY: within the first heartbeat interval nothing else would tell it."""
    player = await processes.serve()
    watcher = await processes.serve(RUN_WORKER="false", SSE_HEARTBEAT_INTERVAL="3600")
    async with market_at(player.url) as market:
        room_id = await started_room(market, rounds=3)
    viewer = Viewer(lambda: watcher.url, room_id)
    async with asyncio.timeout(60):
        await viewer.follow()
    assert_every_event_once(clean_address, room_id, viewer.events)


async def test_a_worker_finishes_what_a_web_process_started(
    processes: Processes, clean_address: Address
) -> None:
    web = await processes.serve(RUN_WORKER="false", SSE_HEARTBEAT_INTERVAL="3600")
    async with market_at(web.url) as market:
        room_id = await started_room(market, rounds=3)
    viewer = Viewer(lambda: web.url, room_id)
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.follow())
        worker = await processes.work()
    assert_every_event_once(clean_address, room_id, viewer.events)
    assert await worker.terminate() == 0


async def test_a_frozen_worker_that_wakes_up_has_lost(
    processes: Processes, clean_address: Address
) -> None:
    frozen = await processes.serve()
    async with market_at(frozen.url) as market:
        room_id = await started_room(market, rounds=12)
        await until(
            clean_address, "SELECT 1 FROM room_events WHERE room_id = %s AND seq > 5", room_id
        )
        frozen.freeze()
        survivor = await processes.serve()
        viewer = Viewer(lambda: survivor.url, room_id)
        async with asyncio.TaskGroup() as group:
            group.create_task(viewer.follow())
            await until(clean_address, RUNNING, 1)
            place = len(viewer.ids)
            await viewer.drawn(place + 4)  # the survivor plays
            assert not viewer.over
            frozen.wake()
            await frozen.says("run.taken_over")
        assert_every_event_once(clean_address, room_id, viewer.events)
        await until(clean_address, NO_JOBS)
        await _only_works(processes, market, clean_address, but_not=survivor.url)
    assert "Traceback" not in survivor.said


async def _only_works(
    processes: Processes, market: Market, address: Address, *, but_not: str
) -> None:
    """Whoever is left alone finishes a room, although its place as a worker was given up."""
    for running in processes.running:
        if running.url == but_not:
            await running.terminate()
    await finished_room(market)
    await until(address, NO_JOBS)
