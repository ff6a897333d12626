"""A service with a judge on loopback, behind Google's own SDK; one for each module."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from app.db import Address
from app.settings import Settings
from tests.fakes.gemini import FakeGemini
from tests.fakes.judging import JUDGES, judge
from tests.fixtures.database import new_database
from tests.fixtures.service import serving, settings_for
from tests.functional.client import PATIENCE_SECONDS, Market, answer, market_at
from tests.functional.marketplaces import marketplace

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Court:
    """The service, its database, and who judges."""

    market: Market
    address: Address
    gemini: FakeGemini
    folder: Path

    async def get(self, path: str, **query: Any) -> Json:
        return answer(await self.market.http.get(f"/api/v1/analysis/{path}", params=query))

    async def played(self, **more: Any) -> tuple[Json, str]:
        """A session of one room that was played to its end, and its run's id."""
        made = await self.market.initialize(marketplace(**more))
        room_id = made["negotiation_rooms"][0]["room_id"]
        started = await self.market.start(room_id)
        await self.market.events(room_id)
        return made, started["run_id"]

    async def until(self, run_id: str, status: str, error: str | None = None) -> Json:
        """The analysis of a run once it has this status and this error's code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = await self.get(f"runs/{run_id}")
                code = found["error"] and found["error"]["code"]
                if (found["status"], code) == (status, error):
                    return found
                await asyncio.sleep(0.02)

    async def until_overall(self, session_id: str) -> Json:
        """The analysis of a session once a model has judged it as a whole."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = await self.get(f"sessions/{session_id}")
                if found["overall"]["source"] == "model":
                    return found
                await asyncio.sleep(0.02)

    @asynccontextmanager
    async def without_a_worker(self) -> AsyncIterator[Market]:
        """Another process over the same database, which does no jobs."""
        with pytest.MonkeyPatch.context() as patch:
            settings = _settings(self.address, self.gemini, self.folder, patch, RUN_WORKER="false")
        async with serving(settings) as service, market_at(service.url) as market:
            yield market

    def hurry(self, seconds: float = 0) -> None:
        """Has jobs that wait for a better moment run now, or in so many seconds."""
        with psycopg.connect(self.address.libpq, autocommit=True) as connection:
            connection.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = now() + make_interval(secs => %s)"
                " WHERE status = 'todo'",
                [seconds],
            )


@pytest.fixture(scope="module")
def court_address(postgres: Address, worker_id: str) -> Iterator[Address]:
    with new_database(postgres, f"court_{worker_id}") as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(
    court_address: Address, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Court]:
    folder = tmp_path_factory.mktemp("court")
    async with FakeGemini(reply=judge, models=JUDGES) as gemini:
        with pytest.MonkeyPatch.context() as patch:
            settings = _settings(court_address, gemini, folder, patch)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("app.analysis.patience._FIRST_WAIT", 1.0)
            async with serving(settings) as service, market_at(service.url) as market:
                yield Court(market, court_address, gemini, folder)


def _settings(
    address: Address,
    gemini: FakeGemini,
    folder: Path,
    patch: pytest.MonkeyPatch,
    **more: str,
) -> Settings:
    return settings_for(
        address,
        folder,
        patch,
        ANALYSIS_JUDGE="auto",
        GEMINI_API_KEY="canary-gemini-key",
        GEMINI_BASE_URL=gemini.base_url,
        LLM_FIRST_TOKEN_TIMEOUT="0.3",
        LOG_LEVEL="CRITICAL",
        **more,
    )


@pytest.fixture
def court(bench: Court) -> Iterator[Court]:
    """With a judge as it came, after each test too."""
    bench.gemini.requests.clear()
    yield bench
    bench.gemini.reply = judge
    bench.gemini.fault = "ok"
    bench.gemini.faults.clear()
