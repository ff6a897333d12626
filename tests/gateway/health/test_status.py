"""The status is told at once, soon true, and holds no secret."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from pydantic import SecretStr

from app.gateway import ModelStatus
from app.gateway.health.schemas import DatabaseReport, ModelsReport
from app.gateway.health.status import without_secrets
from app.llm import Connection, LLMClient, build_client
from app.web import BoundedCheck
from tests.fakes.http_server import Exchange, HttpServer

DATABASE_URL = "postgresql://localhost:5432"


class Vendor:
    """Lists its `models` when it is let; without any it answers 503."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.let.set()
        self.models = ["small", "large"]
        self.asked = 0

    async def __call__(self, exchange: Exchange) -> None:
        self.asked += 1
        await self.let.wait()
        listed = ",".join(f'{{"id": "{name}"}}' for name in self.models)
        body = f'{{"data": [{listed}]}}'.encode()
        exchange.answer(200 if self.models else 503, body, {"content-type": "application/json"})


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Database:
    """Answers the check with `reason` when it is let."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.let.set()
        self.fails = False

    async def __call__(self) -> str | None:
        await self.let.wait()
        if self.fails:
            raise ConnectionError("password=hunter2")
        return None


class Bench:
    def __init__(self) -> None:
        self.clock = Clock()
        self.database = Database()

    def status(self, client: LLMClient) -> ModelStatus:
        check = BoundedCheck(self.database, timeout=0.05, clock=self.clock)
        return ModelStatus(client, check, DATABASE_URL, clock=self.clock)

    def wait(self) -> None:
        """Until everything remembered is old."""
        self.clock.now += 60


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
async def upstream(vendor: Vendor) -> AsyncIterator[str]:
    async with HttpServer(vendor) as server:
        yield f"http://127.0.0.1:{server.port}/v1"


@asynccontextmanager
async def opened(bench: Bench, base_url: str | None) -> AsyncIterator[ModelStatus]:
    """The status of a service whose only provider is at `base_url`; None: that has none."""
    connections = {"lm_studio": Connection(base_url=base_url)} if base_url else {}
    async with AsyncExitStack() as stack:
        client = build_client(connections)
        stack.push_async_callback(client.aclose)
        yield await stack.enter_async_context(bench.status(client))


async def models_when(status: ModelStatus, *, available: bool) -> ModelsReport:
    """Asks until the answer is the one that is waited for."""
    async with asyncio.timeout(20):
        while (report := (await status.report()).llm).available is not available:
            await asyncio.sleep(0.01)
    return report


async def database_when(status: ModelStatus, *, available: bool) -> DatabaseReport:
    async with asyncio.timeout(20):
        while (report := (await status.report()).database).available is not available:
            await asyncio.sleep(0.01)
    return report


class TestModels:
    async def test_offline_is_available_and_its_own_model(self, bench: Bench) -> None:
        async with opened(bench, None) as status:
            assert (await status.report()).llm == ModelsReport(
                available=True, provider="offline", base_url=None, models=["offline"], error=None
            )

    async def test_of_a_provider_that_answers(self, bench: Bench, upstream: str) -> None:
        async with opened(bench, upstream) as status:
            assert (await status.report()).llm == ModelsReport(
                available=True,
                provider="lm_studio",
                base_url=upstream,
                models=["small", "large"],
                error=None,
            )
            health = status.health()
        assert (health.available, health.provider) == (True, "lm_studio")

    async def test_of_a_provider_that_is_not_there(self, bench: Bench, vendor: Vendor) -> None:
        async with HttpServer(vendor) as server:
            gone = f"http://127.0.0.1:{server.port}/v1"
        async with opened(bench, gone) as status:
            report = await models_when(status, available=False)
            assert not status.health().available
        assert (report.provider, report.base_url, report.models) == ("lm_studio", gone, [])
        assert report.error is not None
        assert "LM Studio can't be reached" in report.error

    async def test_of_a_provider_that_was_named_and_never_configured(self, bench: Bench) -> None:
        client = build_client({}, default_provider="openrouter")
        async with bench.status(client) as status:
            report = (await status.report()).llm
        assert (report.available, report.provider, report.base_url) == (False, "openrouter", None)
        assert report.error is not None
        assert "OPENROUTER_API_KEY" in report.error

    async def test_are_remembered_for_a_while(
        self, bench: Bench, upstream: str, vendor: Vendor
    ) -> None:
        async with opened(bench, upstream) as status:
            bench.clock.now += 4.9
            for _ in range(20):
                await status.report()
                status.health()
        assert vendor.asked == 1

    async def test_come_and_go_with_the_provider(
        self, bench: Bench, upstream: str, vendor: Vendor
    ) -> None:
        async with opened(bench, upstream) as status:
            vendor.models = []
            bench.wait()
            report = await models_when(status, available=False)
            assert report.error is not None
            assert "503" in report.error
            vendor.models = ["medium"]
            bench.wait()
            report = await models_when(status, available=True)
            assert (report.models, report.error) == (["medium"], None)

    async def test_one_that_hangs_leaves_the_last_answer_until_it_is_overdue(
        self, bench: Bench, upstream: str, vendor: Vendor
    ) -> None:
        async with opened(bench, upstream) as status:
            vendor.let.clear()
            bench.wait()
            assert (await status.report()).llm.models == ["small", "large"]
            assert status.health().available
            report = await models_when(status, available=False)
            assert report.error == "no answer within 3 s"
            assert vendor.asked == 2
            vendor.let.set()
            bench.wait()
            await models_when(status, available=True)

    async def test_one_that_hangs_from_the_start_holds_the_start_up_no_longer_than_a_moment(
        self, bench: Bench, upstream: str, vendor: Vendor
    ) -> None:
        vendor.let.clear()
        async with opened(bench, upstream) as status:
            report = (await status.report()).llm
            assert (report.available, report.models) == (False, [])
            assert report.error == "it was asked and hasn't answered yet"
            vendor.let.set()
            await models_when(status, available=True)

    async def test_closing_hangs_up(self, bench: Bench, upstream: str, vendor: Vendor) -> None:
        async with opened(bench, upstream) as status:
            vendor.let.clear()
            bench.wait()
            await status.report()
            tasks = asyncio.all_tasks()
        assert not [task for task in tasks & asyncio.all_tasks() if "_find_out" in repr(task)]


class TestDatabase:
    async def test_that_answers(self, bench: Bench) -> None:
        async with opened(bench, None) as status:
            assert (await status.report()).database == DatabaseReport(
                available=True, url=DATABASE_URL, error=None
            )

    async def test_that_is_away_and_comes_back(self, bench: Bench) -> None:
        async with opened(bench, None) as status:
            bench.database.fails = True
            bench.wait()
            report = await database_when(status, available=False)
            assert (report.url, report.error) == (DATABASE_URL, "not reachable")
            bench.database.fails = False
            bench.wait()
            await database_when(status, available=True)

    async def test_that_hangs(self, bench: Bench) -> None:
        async with opened(bench, None) as status:
            bench.database.let.clear()
            bench.wait()
            report = await database_when(status, available=False)
            assert report.error == "no answer within 0.05 s"


class TestSecrets:
    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("http://localhost:1234/v1", "http://localhost:1234/v1"),
            ("https://user:hunter2@models.example/v1", "https://models.example/v1"),
            ("https://hunter2@models.example", "https://models.example"),
            ("http://a:hunter2@[::1]:8080/v1?key=hunter2#hunter2", "http://[::1]:8080/v1"),
            ("http://a:hunter2@b:hunter2@models.example/v1", "http://models.example/v1"),
        ],
    )
    def test_of_an_address_are_left_out(self, url: str, shown: str) -> None:
        assert without_secrets(url) == shown

    async def test_of_a_provider_are_nowhere_in_the_status(
        self, bench: Bench, vendor: Vendor, upstream: str
    ) -> None:
        address = upstream.replace("//", "//user:hunter2@")
        connection = Connection(api_key=SecretStr("hunter2"), base_url=address)
        client = build_client({"lm_studio": connection})
        async with bench.status(client) as status:
            told = [await status.report()]
            vendor.models = []
            bench.database.fails = True
            bench.wait()
            await models_when(status, available=False)
            told.append(await status.report())
        await client.aclose()
        assert (told[0].llm.available, told[0].llm.base_url) == (True, upstream)
        assert "hunter2" not in "".join(report.model_dump_json() for report in told)
