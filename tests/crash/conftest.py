"""Every test here starts real processes on a database, or a data folder, of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.db import Address
from tests.crash.processes import Processes


@pytest.fixture
async def processes(clean_address: Address, tmp_path: Path) -> AsyncIterator[Processes]:
    """Processes that share the worker's database."""
    started = Processes(tmp_path, DATABASE_URL=clean_address.libpq, DATA_DIR=str(tmp_path / "data"))
    yield started
    await started.aclose()
    print(started.report())  # noqa: T201  # shown when the test fails
