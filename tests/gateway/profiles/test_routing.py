"""How a running service finds a model, and what it tells of that afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service

NOVA = "amazon/nova-2-lite-v1:free"
CODER = "deepseek/deepseek-coder-6.7b-instruct:free"
HERMES = "nousresearch/hermes-3-llama-3.1-405b:free"


@asynccontextmanager
async def openrouter(
    run_service: RunService, **settings: str
) -> AsyncIterator[tuple[Service, FakeOpenAI]]:
    async with (
        FakeOpenAI() as upstream,
        run_service(
            OPENROUTER_BASE_URL=upstream.base_url, OPENROUTER_API_KEY="sk-or", **settings
        ) as service,
    ):
        yield service, upstream


async def ask(service: Service, model: str, **more: Any) -> Any:
    body = {"model": model, "messages": [{"role": "user", "content": "Hello"}], **more}
    return await service.http.post("/v1/chat/completions", json=body)


async def newest(service: Service) -> Any:
    """The newest call in the ledger, once it is there."""
    async with asyncio.timeout(30):
        while True:
            if calls := (await service.http.get("/api/v1/llm/calls")).json()["calls"]:
                return (await service.http.get(f"/api/v1/llm/calls/{calls[0]['id']}")).json()
            await asyncio.sleep(0.05)


async def test_an_agents_profile(run_service: RunService) -> None:
    async with openrouter(run_service) as (service, upstream):
        answer = await ask(service, "profile:coding_agent")
        call = await newest(service)

    assert answer.status_code == 200
    assert answer.headers["x-parley-model"] == f"openrouter:{NOVA}"
    assert upstream.calls[0]["model"] == NOVA
    decision = call["decision"]
    assert (decision["profile"], decision["complexity"]) == ("coding_agent", "simple")
    assert decision["free_only"] is True
    assert [each["model"] for each in decision["candidates"]][:2] == [
        f"openrouter:{NOVA}",
        f"openrouter:{CODER}",
    ]


async def test_hard_work(run_service: RunService) -> None:
    async with openrouter(run_service) as (service, _):
        answer = await ask(service, "auto", profile="coding_agent", complexity="complex")

    assert answer.headers["x-parley-model"] == f"openrouter:{HERMES}"


async def test_a_bare_id(run_service: RunService) -> None:
    async with openrouter(run_service) as (service, _):
        assert (await ask(service, NOVA)).headers["x-parley-model"] == f"openrouter:{NOVA}"
        unknown = await ask(service, "amazon/nova-3:free")

    assert unknown.status_code == 404
    error = unknown.json()["error"]
    assert error["code"] == "model_not_found"
    assert NOVA.partition("/")[0] in error["message"]


async def test_free_is_never_paid(run_service: RunService) -> None:
    async with openrouter(run_service, LLM_CHAIN="openrouter:paid") as (service, upstream):
        refused = await ask(service, "openrouter:paid", free=True)
        taken = await ask(service, "openrouter:paid", models=[NOVA], free=True)

    assert refused.status_code == 400
    assert "isn't known to be free" in refused.json()["error"]["message"]
    assert taken.headers["x-parley-model"] == f"openrouter:{NOVA}"
    assert [body["model"] for body in upstream.calls] == [NOVA]


async def test_the_free_pool_is_exhausted(run_service: RunService) -> None:
    async with openrouter(run_service, LLM_CHAIN="openrouter:paid") as (service, upstream):
        upstream.fault = "status-429-after-60"
        answer = await ask(service, NOVA, free=True)
        again = await ask(service, NOVA, free=True)

    for each in (answer, again):
        assert (each.status_code, each.json()["error"]["code"]) == (429, "free_models_exhausted")
        assert 0 < int(each.headers["retry-after"]) <= 60
    assert len(upstream.calls) == 1


@pytest.mark.parametrize("model", ["auto", "profile:coding_agent", "offline"])
async def test_with_no_provider(service: Service, model: str) -> None:
    answer = await ask(service, model)

    assert answer.status_code == 200
    assert answer.headers["x-parley-model"] == "offline:assistant"


async def test_a_provider_that_is_not_configured(service: Service) -> None:
    answer = await ask(service, "openrouter:openai/gpt-5-mini")

    assert answer.status_code == 400
    assert "OPENROUTER_API_KEY" in answer.json()["error"]["message"]


async def test_profiles_are_models_of_the_openai_door(service: Service) -> None:
    listed = {model["id"] for model in (await service.http.get("/v1/models")).json()["data"]}

    assert {"auto", "profile:coding_agent", "profile:chat"} <= listed


async def test_hedging(run_service: RunService) -> None:
    async with openrouter(run_service, LLM_HEDGING="true", LLM_CHAIN="openrouter:fake-small") as (
        service,
        upstream,
    ):
        for _ in range(20):
            await ask(service, "openrouter:fake-large")
        async with asyncio.timeout(30):
            while (await service.http.get("/api/v1/llm/health")).json()["models"][0]["calls"] < 20:
                await asyncio.sleep(0.05)
        upstream.faults.append("silence")
        answer = await ask(service, "openrouter:fake-large")

    assert answer.headers["x-parley-model"] == "openrouter:fake-small"
