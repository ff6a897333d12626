"""Looking after providers: who is gone is known before anybody asks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from app.gateway.health import Prober
from app.llm import Health, HealthState, LLMError, ModelTimeout, ProviderUnavailable, RequestRefused
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService


class Vendor:
    """Answers looks with what is next, and then always with the last."""

    def __init__(self, *steps: LLMError | None) -> None:
        self.steps = list(steps)
        self.looked: list[str] = []
        self.let = asyncio.Event()
        self.let.set()

    async def __call__(self, provider: str) -> object:
        self.looked.append(provider)
        await self.let.wait()
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if step is not None:
            raise step
        return ("model",)


def prober(vendor: Vendor, health: Health, *, interval: float = 60) -> Prober:
    return Prober(("one", "two"), vendor, health, interval=interval, second_look=0)


async def test_who_answers_is_healthy() -> None:
    health = Health()
    await prober(Vendor(None), health).look("one")

    assert health.provider_state("one") is HealthState.HEALTHY
    assert health.last_check("one") is not None
    assert health.of_provider("one").success_rate == 1


@pytest.mark.parametrize("error", [ProviderUnavailable("gone"), ModelTimeout("late")])
async def test_who_is_gone_is_looked_at_twice(error: LLMError) -> None:
    health, vendor = Health(), Vendor(error)
    await prober(vendor, health).look("one")

    assert vendor.looked == ["one", "one"]
    assert health.provider_state("one") is HealthState.OPEN


async def test_one_slip_is_none() -> None:
    health = Health()
    await prober(Vendor(ProviderUnavailable("busy"), None), health).look("one")

    assert health.provider_state("one") is HealthState.HEALTHY


async def test_who_refuses_is_there() -> None:
    health, vendor = Health(), Vendor(RequestRefused("401", upstream_status=401))
    await prober(vendor, health).look("one")

    assert vendor.looked == ["one"]
    assert health.provider_state("one") is HealthState.DEGRADED
    assert health.away("one") is None


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


@pytest.fixture
async def running() -> AsyncIterator[Callable[[Prober], Awaitable[None]]]:
    tasks: list[asyncio.Task[None]] = []

    async def run(prober: Prober) -> None:
        tasks.append(asyncio.create_task(prober.run()))

    yield run
    for task in tasks:
        task.cancel()
        await asyncio.wait({task})


async def test_all_are_looked_at_again_and_again(
    running: Callable[[Prober], Awaitable[None]],
) -> None:
    vendor = Vendor(None)
    await running(prober(vendor, Health(), interval=0.01))
    await _until(lambda: vendor.looked.count("one") > 2 and vendor.looked.count("two") > 2)


async def test_one_that_hangs_holds_no_other_up(
    running: Callable[[Prober], Awaitable[None]],
) -> None:
    health, vendor = Health(), Vendor(None)
    vendor.let.clear()

    async def look(provider: str) -> object:
        return await vendor(provider) if provider == "one" else ()

    await running(Prober(("one", "two"), look, health, interval=0.01))
    await _until(lambda: health.last_check("two") is not None)
    assert health.last_check("one") is None


class TestEndpoint:
    async def test_with_no_provider(self, run_service: RunService) -> None:
        async with run_service() as service:
            told = (await service.http.get("/api/v1/llm/health")).json()
        assert set(told) == {"providers", "models"}
        assert told["models"] == []

    async def test_with_calls(self, run_service: RunService) -> None:
        body = {"messages": [{"role": "user", "content": "Hello"}]}
        async with (
            FakeOpenAI() as upstream,
            run_service(
                LM_STUDIO_BASE_URL=upstream.base_url, LLM_HEALTH_INTERVAL="0.05"
            ) as service,
        ):
            for model in ("ok", "status-400", "cut"):
                await service.http.post(
                    "/v1/chat/completions", json={**body, "model": f"lm_studio:{model}"}
                )
            async with asyncio.timeout(30):
                while True:
                    told = (await service.http.get("/api/v1/llm/health")).json()
                    provider = next(p for p in told["providers"] if p["provider"] == "lm_studio")
                    if provider["last_check"]:
                        break
                    await asyncio.sleep(0.02)
        assert (provider["state"], provider["success_rate"]) == ("healthy", 1.0)
        assert provider["latency_ms"]["p50"] <= provider["latency_ms"]["p95"]
        models = {model["model"]: model for model in told["models"]}
        assert (models["ok"]["state"], models["ok"]["success_rate"]) == ("healthy", 1.0)
        assert models["ok"]["last_check"].endswith("Z")
        assert models["ok"]["first_token_ms"]["p50"] is not None
        assert models["cut"]["success_rate"] == 0.0
        assert "broke off" in models["cut"]["error"]
        assert "status-400" not in models

    async def test_a_dead_provider_is_passed_over(self, run_service: RunService) -> None:
        async with FakeOpenAI() as dead:
            gone = dead.base_url
        async with (
            FakeOpenAI() as upstream,
            run_service(
                LM_STUDIO_BASE_URL=gone,
                OLLAMA_BASE_URL=upstream.base_url,
                LLM_CHAIN="ollama:ok",
            ) as service,
        ):
            async with asyncio.timeout(20):
                while True:
                    told = (await service.http.get("/api/v1/llm/health")).json()
                    states = {each["provider"]: each["state"] for each in told["providers"]}
                    if states["lm_studio"] == "open":
                        break
                    await asyncio.sleep(0.05)
            response = await service.http.post(
                "/v1/chat/completions",
                json={
                    "model": "lm_studio:m",
                    "messages": [{"role": "user", "content": "Hello"}],
                },
            )
        assert response.headers["x-parley-model"] == "ollama:ok"
