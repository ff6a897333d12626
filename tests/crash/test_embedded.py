"""The database that comes with the service, in a folder whose name asks for trouble."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.crash.processes import PATIENCE_SECONDS, Processes
from tests.crash.rooms import finished_room, started_room
from tests.crash.viewer import Viewer
from tests.functional.client import Market, market_at
from tests.functional.marketplaces import marketplace

pytestmark = pytest.mark.crash


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "my data – 数据"


@pytest.fixture
async def alone(tmp_path: Path, data_dir: Path) -> AsyncIterator[Processes]:
    """Processes with no database but their own; what they leave running is ended."""
    started = Processes(tmp_path, DATA_DIR=str(data_dir))
    yield started
    await started.aclose()
    print(started.report())  # noqa: T201  # shown when the test fails
    with suppress(FileNotFoundError, psutil.NoSuchProcess):
        _end(_postmaster(data_dir), signal.SIGQUIT)


def _postmaster(data_dir: Path) -> psutil.Process:
    pid_file = data_dir / "postgres" / "postmaster.pid"
    return psutil.Process(int(pid_file.read_text().partition("\n")[0]))


def _gone(postmaster: psutil.Process) -> bool:
    """A container may have nobody who takes note of an orphan's end."""
    return not postmaster.is_running() or postmaster.status() == psutil.STATUS_ZOMBIE


def _end(postmaster: psutil.Process, how: signal.Signals) -> None:
    os.kill(postmaster.pid, how)
    postmaster.wait(PATIENCE_SECONDS)


async def test_left_over_servers(alone: Processes, data_dir: Path) -> None:
    running = await alone.serve()
    async with market_at(running.url) as market:
        session_id = (await market.initialize(marketplace()))["session_id"]
    left_over = _postmaster(data_dir)

    await running.kill()
    running = await alone.serve()
    assert _postmaster(data_dir) == left_over, "it should have been taken over"

    await running.kill()
    _end(left_over, signal.SIGKILL)
    running = await alone.serve()
    started = _postmaster(data_dir)
    assert started != left_over
    async with market_at(running.url) as market:
        assert (await market.session(session_id))["session_id"] == session_id
        await finished_room(market)

    assert await running.terminate() == 0
    assert _gone(started)
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


async def test_two_services_share_one_folder(alone: Processes, data_dir: Path) -> None:
    first = await alone.serve()
    second = await alone.serve()
    async with market_at(first.url) as here, market_at(second.url) as there:
        session_id = (await here.initialize(marketplace()))["session_id"]
        assert (await there.session(session_id))["session_id"] == session_id
    server = _postmaster(data_dir)
    assert await first.terminate() == 0
    async with market_at(second.url) as there:
        await finished_room(there)
    assert await second.terminate() == 0
    assert _gone(server)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
async def test_the_server_dies_under_two_services(
    alone: Processes, data_dir: Path, how: signal.Signals
) -> None:
    first = await alone.serve(SSE_HEARTBEAT_INTERVAL="0.5")
    second = await alone.serve()
    async with market_at(first.url) as here, market_at(second.url) as there:
        room_id = await started_room(here, rounds=8)
        viewer = Viewer(lambda: first.url, room_id)
        async with asyncio.TaskGroup() as group:
            group.create_task(viewer.follow())
            await viewer.drawn(4)
            died = _postmaster(data_dir)
            _end(died, how)
            server = await _another_than(died, data_dir)
            await _ready(here)
            await _ready(there)
        assert viewer.visits == 1, "the stream should have survived"
        assert viewer.events[-1].name == "negotiation_complete"
        await finished_room(there)
    assert await first.terminate() == 0
    assert not _gone(server)
    assert await second.terminate() == 0
    assert _gone(server)
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


async def _another_than(died: psutil.Process, data_dir: Path) -> psutil.Process:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess):
                if (server := _postmaster(data_dir)) != died:
                    return server
            await asyncio.sleep(0.05)


async def _ready(market: Market) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await market.http.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)


async def test_a_folder_that_cannot_be_written(alone: Processes) -> None:
    refused = await alone.start("serve", DATA_DIR="/proc/parley")
    assert await refused.ended() == 2
    told = refused.said.splitlines()[-1]
    assert "/proc/parley" in told
    assert "Set DATA_DIR to another folder" in told
    assert "Traceback" not in refused.said
