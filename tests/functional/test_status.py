"""Contract §3.3: what the service says of itself."""

import pytest

from app import VERSION
from tests.fakes.openai_wire import FakeOpenAI
from tests.functional.client import Market, answer
from tests.functional.conftest import RunMarket

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


async def test_llm_status(market: Market) -> None:
    status = answer(await market.http.get("/api/v1/llm/status"))

    assert status["llm"] == {
        "available": True,
        "provider": "offline",
        "base_url": None,
        "models": ["offline"],
        "error": None,
    }
    database = status["database"]
    assert (database["available"], database["error"]) == (True, None)
    assert database["url"].startswith("postgresql://")
    assert "functional" not in database["url"]
    assert "@" not in database["url"]


async def test_llm_status_of_a_vendor(run_market: RunMarket, vendor: FakeOpenAI) -> None:
    async with run_market(LM_STUDIO_BASE_URL=vendor.base_url) as market:
        status = answer(await market.http.get("/api/v1/llm/status"))["llm"]

    assert status == {
        "available": True,
        "provider": "lm_studio",
        "base_url": vendor.base_url,
        "models": ["fake-small", "fake-large"],
        "error": None,
    }


async def test_llm_status_of_a_vendor_that_is_away(run_market: RunMarket) -> None:
    async with run_market(LM_STUDIO_BASE_URL="http://user:pa55@127.0.0.1:9/v1") as market:
        response = await market.http.get("/api/v1/llm/status")
        health = answer(await market.http.get("/api/v1/health"))

    status = answer(response)["llm"]
    assert (status["available"], status["provider"]) == (False, "lm_studio")
    assert status["models"] == []
    assert status["error"]
    assert status["base_url"] == "http://127.0.0.1:9/v1"
    assert "pa55" not in response.text
    assert health["status"] == "degraded"
    assert health["components"]["llm"] == {"available": False, "provider": "lm_studio"}


async def test_health(market: Market) -> None:
    assert answer(await market.http.get("/api/v1/health")) == {
        "status": "healthy",
        "version": VERSION,
        "app_name": "Parley",
        "components": {
            "llm": {"available": True, "provider": "offline"},
            "database": {"available": True},
        },
    }


@pytest.mark.parametrize(("path", "status"), [("/livez", "alive"), ("/readyz", "ready")])
async def test_for_orchestrators(market: Market, path: str, status: str) -> None:
    assert answer(await market.http.get(path)) == {"status": status}


@pytest.mark.parametrize(
    "accept", [None, "application/json", "*/*", "application/json, text/html;q=0.5", ""]
)
async def test_the_root_greets_programs(market: Market, accept: str | None) -> None:
    headers = {} if accept is None else {"accept": accept}
    response = await market.http.get("/", headers=headers)

    assert answer(response) == {"app": "Parley", "version": VERSION, "status": "running"}
    assert "accept" in response.headers["vary"].lower()


async def test_the_root_shows_browsers_the_console(market: Market) -> None:
    response = await market.http.get("/", headers={"accept": BROWSER})

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "<html" in response.text
    assert "accept" in response.headers["vary"].lower()
