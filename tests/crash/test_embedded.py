"""The database that comes with the service, in a folder whose name asks for trouble."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.crash.processes import PATIENCE_SECONDS, Processes
from tests.crash.rooms import finished_room
from tests.functional.client import market_at
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


async def test_a_folder_that_cannot_be_written(alone: Processes) -> None:
    refused = await alone.start("serve", DATA_DIR="/proc/parley")
    assert await refused.ended() == 2
    told = refused.said.splitlines()[-1]
    assert "/proc/parley" in told
    assert "Set DATA_DIR to another folder" in told
    assert "Traceback" not in refused.said
