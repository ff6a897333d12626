"""A service that starts asks the providers, where that wasn't done lately."""

import asyncio

from app.db import Database
from app.gateway import CatchingUp
from tests.fakes.gate import Gate
from tests.fakes.lm_studio import FakeLMStudio
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service
from tests.gateway.catalogue.conftest import Clock, Gateway, OpenGateway

NOBODY = "http://127.0.0.1:9/v1"


async def listed(service: Service, provider: str) -> int:
    found = await service.http.get(f"/api/v1/models?provider={provider}")
    total: int = found.json()["total"]
    return total


class TestDue:
    async def test_at_first_and_again_after_an_hour(
        self, open_gateway: OpenGateway, upstream: FakeOpenAI, database: Database, clock: Clock
    ) -> None:
        gateway: Gateway = await open_gateway(groq=upstream)
        catching_up = CatchingUp(database, gateway.discovery, clock)
        assert await catching_up.due()
        await gateway.discovery.run()
        assert not await catching_up.due()
        clock.move(minutes=59)
        assert not await catching_up.due()
        clock.move(minutes=1)
        assert await catching_up.due()

    async def test_for_a_provider_that_is_new(
        self, open_gateway: OpenGateway, upstream: FakeOpenAI, database: Database, clock: Clock
    ) -> None:
        before: Gateway = await open_gateway(groq=upstream)
        await before.discovery.run()
        now: Gateway = await open_gateway(groq=upstream, openai=upstream)
        assert await CatchingUp(database, now.discovery, clock).due()

    async def test_for_one_that_failed(
        self, open_gateway: OpenGateway, upstream: FakeOpenAI, database: Database, clock: Clock
    ) -> None:
        before: Gateway = await open_gateway(groq=upstream, openai=NOBODY)
        await before.discovery.run()
        assert await CatchingUp(database, before.discovery, clock).due()


class TestRun:
    async def test_processes_that_start_at_once_ask_once(
        self, open_gateway: OpenGateway, upstream: FakeOpenAI, database: Database, clock: Clock
    ) -> None:
        processes: list[Gateway] = [await open_gateway(groq=upstream) for _ in range(3)]
        running = [
            asyncio.create_task(CatchingUp(database, each.discovery, clock).run())
            for each in processes
        ]
        async with asyncio.timeout(60):
            while not all(each.ids("groq") for each in processes):
                await asyncio.sleep(0.01)
        assert len(upstream.requests) == 1
        for task in running:
            assert not task.done(), "what is owned and ends would be begun again"
            task.cancel()
        await asyncio.wait(running)

    async def test_what_fails_is_not_tried_again(
        self, open_gateway: OpenGateway, upstream: FakeOpenAI, database: Database, clock: Clock
    ) -> None:
        upstream.models_payload = {"error": {"message": "no"}}
        gateway: Gateway = await open_gateway(groq=upstream)
        task = asyncio.create_task(CatchingUp(database, gateway.discovery, clock).run())
        async with asyncio.timeout(60):
            while not upstream.requests or gateway.discovery.under_way:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0)
        assert not task.done()
        assert len(upstream.requests) == 1
        task.cancel()
        await asyncio.wait({task})


class TestService:
    async def test_a_new_installation_knows_its_models(self, run_service: RunService) -> None:
        async with (
            FakeLMStudio(loaded=("qwen/qwen3-4b",)) as studio,
            run_service(LM_STUDIO_BASE_URL=studio.base_url) as service,
            asyncio.timeout(60),
        ):
            while not await listed(service, "lm_studio"):
                await asyncio.sleep(0.02)

    async def test_so_does_one_with_a_new_key(
        self, run_service: RunService, upstream: FakeOpenAI
    ) -> None:
        async with FakeLMStudio() as studio:
            local = {"LM_STUDIO_BASE_URL": studio.base_url}
            async with run_service(**local) as service:
                await service.http.post("/api/v1/models/discover")
            vendor = {"GROQ_API_KEY": "sk-canary", "GROQ_BASE_URL": upstream.base_url}
            async with run_service(**local, **vendor) as service, asyncio.timeout(60):
                while not await listed(service, "groq"):
                    await asyncio.sleep(0.02)

    async def test_a_vendor_that_hangs_holds_nobody_up(
        self, run_service: RunService, upstream: FakeOpenAI
    ) -> None:
        upstream.before_listing = gate = Gate()
        vendor = {"GROQ_API_KEY": "sk-canary", "GROQ_BASE_URL": upstream.base_url}
        async with (
            FakeLMStudio() as studio,
            run_service(LM_STUDIO_BASE_URL=studio.base_url, **vendor) as service,
            asyncio.timeout(60),
        ):
            assert (await service.http.get("/readyz")).status_code == 200
            await gate.reached()
            while not await listed(service, "lm_studio"):
                await asyncio.sleep(0.02)
