"""Pages are run as they stand, each against a service of its own."""

from pathlib import Path
from typing import Protocol

import pytest

from app.db import Address
from tests.docs.pages import Page
from tests.docs.running import disagreement, run, shown_outputs
from tests.fixtures.service import RunService


class Follow(Protocol):
    """Does what the page says, and holds what is printed against what it shows."""

    async def __call__(self, page: Page, **settings: str) -> None: ...


@pytest.fixture
def follow(run_service: RunService, clean_address: Address, tmp_path: Path) -> Follow:
    folder = tmp_path / "reader"
    folder.mkdir()

    async def followed(page: Page, **settings: str) -> None:
        async with run_service(**settings) as service:
            ran = await run(page, folder, service.url, {"DATABASE_URL": clean_address.libpq})
        printed = {result.block: result.printed for result in ran}
        faults = [
            f"{page.name}:{shown.line}: {fault}"
            for command, shown in shown_outputs(page)
            if (fault := disagreement(shown, printed[command]))
        ]
        assert not faults, "\n".join(faults)

    return followed
