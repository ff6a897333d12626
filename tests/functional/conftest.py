"""The service from outside. Most tests share one, with a database of its own, and keep apart by the
ids they are given; those that need other settings or a vendor start theirs with `run_market`."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import pytest

from app.db import Address
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.database import new_database
from tests.fixtures.service import RunService, served_from_a_thread, settings_for
from tests.functional.client import Market, market_at


class RunMarket(Protocol):
    """A service with these settings and a client of it: `async with run_market(MAX_ROUNDS="3")`."""

    def __call__(self, **environment: str) -> AbstractAsyncContextManager[Market]: ...


@pytest.fixture(scope="session")
def shared_service(
    postgres: Address, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a service with no model configured."""
    folder = tmp_path_factory.mktemp("shared")
    with (
        new_database(postgres, f"functional_{worker_id}") as address,
        pytest.MonkeyPatch.context() as monkeypatch,
        served_from_a_thread(settings_for(address, folder, monkeypatch)) as url,
    ):
        yield url


@pytest.fixture
async def market(shared_service: str) -> AsyncIterator[Market]:
    async with market_at(shared_service) as client:
        yield client


@pytest.fixture
def run_market(run_service: RunService) -> RunMarket:
    @asynccontextmanager
    async def run(**environment: str) -> AsyncIterator[Market]:
        async with run_service(**environment) as service, market_at(service.url) as client:
            yield client

    return run


@pytest.fixture
async def vendor() -> AsyncIterator[FakeOpenAI]:
    """A model vendor on loopback whose model bargains by what stands in its prompt."""
    async with FakeOpenAI(reply=negotiate) as fake:
        yield fake
