"""The catalogue of a running service."""

from typing import Any

import pytest

from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service

ROWS = [
    {
        "id": "acme/cheap",
        "name": "Acme: Cheap",
        "context_length": 8192,
        "pricing": {"prompt": "0.0000001", "completion": "0.0000004"},
        "supported_parameters": ["tools"],
    },
    {
        "id": "acme/dear",
        "name": "Acme: Dear",
        "context_length": 200000,
        "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
        "pricing": {
            "prompt": "0.000003",
            "completion": "0.000015",
            "input_cache_read": "3e-7",
            "input_cache_write": "0.00000375",
        },
        "supported_parameters": ["tools", "response_format"],
    },
    {
        "id": "acme/gift:free",
        "name": "Acme: 100% Gift",
        "pricing": {"prompt": "0", "completion": "0"},
    },
    {
        "id": "acme/each",
        "pricing": {"prompt": "0", "completion": "0", "request": "0.001"},
    },
    {
        "id": "acme/auto",
        "name": "Acme: Auto",
        "context_length": 4096,
        "pricing": {"prompt": "-1", "completion": "-1"},
    },
]
FIELDS = {
    "id",
    "provider",
    "name",
    "context_length",
    "prices",
    "free",
    "status",
    "first_seen",
    "last_seen",
    "source",
}


@pytest.fixture
async def discovered(run_service: RunService) -> Any:
    async with FakeOpenAI() as upstream:
        upstream.models_payload = {"data": ROWS}
        settings = {"OPENROUTER_API_KEY": "sk-canary", "OPENROUTER_BASE_URL": upstream.base_url}
        async with run_service(RUN_WORKER="false", **settings) as service:
            told = await service.http.post("/api/v1/models/discover")
            assert told.status_code == 200
            yield service


async def found(service: Service, query: str) -> list[str]:
    """The ids of what was discovered, in order."""
    url = f"/api/v1/models?provider=openrouter&status=active&{query}"
    response = await service.http.get(url)
    assert response.status_code == 200, response.text
    return [row["id"].removeprefix("acme/") for row in response.json()["models"]]


async def test_a_row(discovered: Service) -> None:
    response = await discovered.http.get("/api/v1/models?search=acme/dear")
    (row,) = response.json()["models"]
    assert row.keys() >= FIELDS
    assert row["prices"] == {
        "prompt": "0.000003",
        "completion": "0.000015",
        "cache_read": "0.0000003",
        "cache_write": "0.00000375",
    }
    assert (row["id"], row["provider"]) == ("acme/dear", "openrouter")
    assert (row["free"], row["status"], row["source"]) == (False, "active", "discovery")
    assert row["first_seen"] == row["last_seen"]
    assert row["capabilities"] == ["json", "tools", "vision"]


async def test_filters(discovered: Service) -> None:
    assert await found(discovered, "") == ["auto", "cheap", "dear", "each", "gift:free"]
    assert await found(discovered, "free=true") == ["gift:free"]
    assert await found(discovered, "free=false") == ["auto", "cheap", "dear", "each"]
    assert await found(discovered, "min_context=8192") == ["cheap", "dear"]
    assert await found(discovered, "capability=tools") == ["cheap", "dear"]
    assert await found(discovered, "capability=tools&capability=vision") == ["dear"]
    assert await found(discovered, "max_price=0.4") == ["cheap", "gift:free"]
    assert await found(discovered, "max_price=0.3999") == ["gift:free"]
    assert await found(discovered, "search=100%25") == ["gift:free"]
    assert await found(discovered, "search=ACME_") == []
    assert await found(discovered, "search=DEAR") == ["dear"]


async def test_sorting_puts_what_is_unknown_last(discovered: Service) -> None:
    assert await found(discovered, "sort=price") == ["gift:free", "cheap", "each", "dear", "auto"]
    assert await found(discovered, "sort=context") == ["dear", "cheap", "auto", "each", "gift:free"]


async def test_pages_are_parts_of_the_whole(discovered: Service) -> None:
    whole = (await discovered.http.get("/api/v1/models?limit=500")).json()
    ids = [(row["provider"], row["id"]) for row in whole["models"]]
    assert whole["total"] == len(ids) == len(set(ids))
    pages = []
    for offset in range(0, len(ids), 7):
        page = (await discovered.http.get(f"/api/v1/models?limit=7&offset={offset}")).json()
        assert (page["total"], page["limit"], page["offset"]) == (len(ids), 7, offset)
        pages += [(row["provider"], row["id"]) for row in page["models"]]
    assert pages == ids


async def test_the_totals_count_active_models(discovered: Service) -> None:
    told = (await discovered.http.post("/api/v1/models/discover")).json()
    active = (await discovered.http.get("/api/v1/models?status=active&limit=500")).json()
    assert told["total_models"] == active["total"]
    assert told["free_models"] == sum(row["free"] for row in active["models"]) == 1
    assert told["providers"] == len({row["provider"] for row in active["models"]})
    assert told["benchmarked"] == 0
    (detail,) = told["details"]
    assert (detail["provider"], detail["listed"], detail["error"]) == ("openrouter", 5, None)
    retired = (await discovered.http.get("/api/v1/models?status=retired")).json()
    assert retired["total"] == 18, "of the seed, openrouter lists none"
    assert {row["source"] for row in retired["models"]} == {"seed"}


@pytest.mark.parametrize(
    "name",
    [
        "acme/gift:free",
        "openrouter:acme/gift:free",
        "acme%2Fgift%3Afree",
        "acme/gift:free?provider=openrouter",
    ],
)
async def test_one_model_by_any_of_its_names(discovered: Service, name: str) -> None:
    response = await discovered.http.get(f"/api/v1/models/{name}")
    assert response.status_code == 200
    model = response.json()
    assert model["id"] == "acme/gift:free"
    (price,) = model["price_history"]
    assert (price["prompt"], price["valid_until"]) == ("0", None)
    assert model["benchmarks"] == []


@pytest.mark.parametrize("name", ["acme/none", "groq:acme/dear", "acme/dear?provider=groq"])
async def test_no_such_model(discovered: Service, name: str) -> None:
    response = await discovered.http.get(f"/api/v1/models/{name}")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "LLM_MODEL_NOT_FOUND"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("offset=-1", "offset"),
        ("min_context=many", "min_context"),
        ("max_price=-1", "max_price"),
        ("max_price=nan", "max_price"),
        ("capability=singing", "capability.0"),
        ("status=gone", "status"),
        ("sort=luck", "sort"),
        ("free=maybe", "free"),
    ],
)
async def test_a_wrong_wish_is_named(service: Service, query: str, field: str) -> None:
    response = await service.http.get(f"/api/v1/models?{query}")
    assert response.status_code == 400
    (detail,) = response.json()["error"]["details"]
    assert detail["field"] == field


async def test_the_service_knows_some_models_before_it_asked_anybody(service: Service) -> None:
    seeded = (await service.http.get("/api/v1/models?free=true&limit=500")).json()
    assert seeded["total"] == 18
    assert {(row["source"], row["last_seen"]) for row in seeded["models"]} == {("seed", None)}


async def test_with_no_provider_nobody_is_asked(service: Service) -> None:
    told = (await service.http.post("/api/v1/models/discover")).json()
    assert (told["total_models"], told["details"]) == (30, [])
