"""The database goes away under a running service, and comes back."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.db import Address
from tests.crash.log import assert_every_event_once, rows, until
from tests.crash.processes import PATIENCE_SECONDS, Processes
from tests.crash.rooms import NO_JOBS, finished_room, started_room
from tests.crash.viewer import Viewer
from tests.fakes.postgres_proxy import PostgresProxy
from tests.functional.client import Market, answer, market_at, refused

pytestmark = pytest.mark.crash


async def test_every_connection_is_cut_again_and_again(
    processes: Processes, clean_address: Address
) -> None:
    running = await processes.serve(SSE_HEARTBEAT_INTERVAL="0.5")
    async with market_at(running.url) as market:
        room_id = await started_room(market, rounds=8)
        viewer = Viewer(lambda: running.url, room_id)
        async with asyncio.TaskGroup() as group:
            group.create_task(viewer.follow())
            for _ in range(3):
                await viewer.drawn(len(viewer.ids) + 4)
                _cut_all(clean_address)
        await _eventually(lambda: _works(market))
    assert viewer.visits == 1, "the stream should have survived"
    assert_every_event_once(clean_address, room_id, viewer.events)
    await until(clean_address, NO_JOBS)


def _cut_all(address: Address) -> None:
    rows(
        address,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


async def test_it_refuses_for_a_while(processes: Processes, clean_address: Address) -> None:
    async with PostgresProxy(clean_address) as proxy:
        running = await processes.serve(
            DATABASE_URL=proxy.address.libpq, SSE_HEARTBEAT_INTERVAL="0.5"
        )
        async with market_at(running.url) as market:
            room_id = await started_room(market, rounds=8)
            viewer = Viewer(lambda: running.url, room_id)
            async with asyncio.TaskGroup() as group:
                group.create_task(viewer.follow())
                await viewer.drawn(4)
                proxy.go_away()
                await _it_says_so(market, viewer, room_id)
                proxy.come_back()
                await _eventually(lambda: _ready(market))
            await _eventually(lambda: _works(market))
        await until(clean_address, NO_JOBS)
    assert viewer.visits == 1, "the stream should have survived"
    assert_every_event_once(clean_address, room_id, viewer.events)


async def _it_says_so(market: Market, viewer: Viewer, room_id: str) -> None:
    """What must answer does, all else refuses as the contract has it, streams stay open."""
    await _eventually(lambda: _degraded(market))
    beats = viewer.heartbeats
    status = answer(await market.http.get("/api/v1/llm/status"))
    assert status["database"]["available"] is False
    answer(await market.http.get("/livez"))
    assert (await market.http.get("/readyz")).status_code == 503
    for method, path in [
        ("GET", f"/api/v1/negotiation/{room_id}/state"),
        ("POST", f"/api/v1/negotiation/{room_id}/start"),
        ("GET", f"/api/v1/negotiation/{room_id}/stream"),
        ("GET", f"/api/v1/simulation/{room_id}"),
    ]:
        refused(await market.http.request(method, path), 503, "DATABASE_UNAVAILABLE")
    await _eventually(lambda: _beating(viewer, beats + 2))


async def _degraded(market: Market) -> bool:
    health = answer(await market.http.get("/api/v1/health"))
    return health["status"] == "degraded" and not health["components"]["database"]["available"]


async def _works(market: Market) -> bool:
    """A connection that was cut while nobody used it is found out by its next user."""
    try:
        await finished_room(market)
    except AssertionError as refusal:
        if "DATABASE_UNAVAILABLE" not in str(refusal):
            raise
        return False
    return True


async def _ready(market: Market) -> bool:
    return (await market.http.get("/readyz")).status_code == 200


async def _beating(viewer: Viewer, count: int) -> bool:
    return viewer.heartbeats >= count


async def _eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():
            await asyncio.sleep(0.05)
