"""`GET /api/v1/llm/status` of a running service."""

import asyncio
from typing import Any

from app.db import Address
from tests.fakes.openai_wire import FakeOpenAI
from tests.fakes.postgres_proxy import PostgresProxy
from tests.fixtures.service import RunService, Service


async def status_of(service: Service) -> dict[str, Any]:
    response = await service.http.get("/api/v1/llm/status")
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


async def database_when(service: Service, *, available: bool) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            told: dict[str, Any] = (await status_of(service))["database"]
            if told["available"] is available:
                return told
            await asyncio.sleep(0.05)


async def test_with_no_provider(service: Service, address: Address) -> None:
    assert await status_of(service) == {
        "llm": {
            "available": True,
            "provider": "offline",
            "base_url": None,
            "models": ["offline"],
            "error": None,
        },
        "database": {"available": True, "url": address.public, "error": None},
    }


async def test_with_a_provider(run_service: RunService) -> None:
    async with FakeOpenAI(models=("small",)) as upstream:
        secret = upstream.base_url.replace("//", "//user:hunter2@")
        async with run_service(LM_STUDIO_BASE_URL=secret) as service:
            told = (await status_of(service))["llm"]
    assert told == {
        "available": True,
        "provider": "lm_studio",
        "base_url": upstream.base_url,
        "models": ["small"],
        "error": None,
    }


async def test_the_database_going_away_and_coming_back(
    run_service: RunService, proxy: PostgresProxy
) -> None:
    async with run_service(DATABASE_URL=proxy.address.libpq) as service:
        assert (await status_of(service))["database"]["url"] == proxy.address.public
        proxy.go_away()
        told = await database_when(service, available=False)
        assert told == {"available": False, "url": proxy.address.public, "error": "not reachable"}
        health = (await service.http.get("/api/v1/health")).json()
        assert health["status"] == "degraded"
        assert health["components"]["database"] == {"available": False}
        proxy.come_back()
        await database_when(service, available=True)


async def test_the_database_hanging(run_service: RunService, proxy: PostgresProxy) -> None:
    async with run_service(DATABASE_URL=proxy.address.libpq) as service:
        proxy.hang()
        told = await database_when(service, available=False)
        assert told["error"] == "no answer within 0.8 s"
        assert (await service.http.get("/api/v1/health")).json()["status"] == "degraded"
        proxy.come_back()
        await database_when(service, available=True)


async def test_it_is_described_with_an_example(service: Service) -> None:
    described = (await service.http.get("/openapi.json")).json()
    operation = described["paths"]["/api/v1/llm/status"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/StatusReport"}
