"""The ledger of a running service, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service

CALLS = "/api/v1/llm/calls"
FIELDS = {
    "id", "task", "model", "provider", "status", "attempts", "prompt_tokens", "completion_tokens",
    "cached_tokens", "cost_usd", "estimated", "latency_ms", "first_token_ms", "cache", "created_at",
    "characters", "seconds",
}  # fmt: skip


async def chat(service: Service, model: str = "ok", tenant: str = "default", **fields: Any) -> int:
    answer = await service.http.post(
        "/v1/chat/completions",
        json={
            "model": f"lm_studio:{model}",
            "messages": [{"role": "user", "content": "Hello"}],
            **fields,
        },
        headers={"X-Tenant-Id": tenant},
    )
    return answer.status_code


async def calls(service: Service, tenant: str = "default", **wanted: Any) -> list[dict[str, Any]]:
    answer = await service.http.get(CALLS, params=wanted, headers={"X-Tenant-Id": tenant})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["calls"]
    return found


@pytest.fixture
async def upstream() -> Any:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def asked(run_service: RunService, upstream: FakeOpenAI) -> Any:
    async with run_service(LM_STUDIO_BASE_URL=upstream.base_url) as service:
        yield service


async def test_a_call_can_be_read_as_soon_as_it_ended(asked: Service, upstream: FakeOpenAI) -> None:
    upstream.usage = {"prompt_tokens": 12, "completion_tokens": 5, "cost": 0.00042}
    assert await chat(asked) == 200
    (call,) = await calls(asked)
    assert set(call) == FIELDS
    (attempt,) = call["attempts"]
    assert set(attempt) == {"provider", "model", "status", "error", "latency_ms"}
    assert (attempt["provider"], attempt["model"]) == ("lm_studio", "ok")
    assert (attempt["status"], attempt["error"]) == ("ok", None)
    assert (call["task"], call["provider"], call["model"]) == ("chat", "lm_studio", "ok")
    assert (call["status"], call["cache"], call["estimated"]) == ("ok", "off", False)
    assert (call["prompt_tokens"], call["completion_tokens"]) == (12, 5)
    assert call["cost_usd"] == "0.00042"


async def test_the_detail_has_every_try_with_its_cost(asked: Service, upstream: FakeOpenAI) -> None:
    upstream.usage = {"cost": 0.1}
    assert await chat(asked, "status-500", models=["lm_studio:status-500", "lm_studio:ok"]) == 200
    (call,) = await calls(asked)
    detail = (await asked.http.get(f"{CALLS}/{call['id']}")).json()
    assert set(detail) > FIELDS
    assert detail["asked"] == "lm_studio:status-500"
    *failed, answered = detail["attempts"]
    assert {each["model"] for each in failed} == {"status-500"}
    assert {each["error"] for each in failed} == {"LLM_PROVIDER_UNAVAILABLE"}
    assert [each["cost_usd"] for each in failed] == [None] * len(failed)
    assert all("500" in each["message"] for each in failed)
    assert (answered["model"], answered["cost_usd"], detail["cost_usd"]) == ("ok", "0.1", "0.1")
    assert [each["model"] for each in detail["decision"]["candidates"]] == [
        "lm_studio:status-500",
        "lm_studio:ok",
    ]


async def test_a_price_that_nobody_knows_is_null(asked: Service) -> None:
    await chat(asked)
    assert [call["cost_usd"] for call in await calls(asked)] == [None]


async def test_a_failed_call_is_kept_too(asked: Service) -> None:
    assert await chat(asked, "status-401") >= 400
    (call,) = await calls(asked, status="error")
    assert (call["model"], call["cost_usd"]) == (None, "0")
    assert [each["status"] for each in call["attempts"]] == ["error"]


async def test_filters_and_pages(asked: Service, upstream: FakeOpenAI) -> None:
    upstream.usage = {"cost": 0.5}
    await chat(asked, "first")
    upstream.usage = {"cost": 0.25}
    await chat(asked, "second", task="summary")
    await chat(asked, "status-401")
    newest, middle, oldest = await calls(asked)
    assert (oldest["model"], middle["model"], newest["model"]) == ("first", "second", None)
    assert await calls(asked, task="summary") == [middle]
    assert await calls(asked, model="first") == [oldest]
    assert await calls(asked, status="error") == [newest]
    assert await calls(asked, provider="lm_studio") == [middle, oldest]
    assert await calls(asked, provider="openai") == []
    assert await calls(asked, min_cost="0.3") == [oldest]
    assert await calls(asked, cache="hit") == []
    assert await calls(asked, run_id=str(uuid4())) == []
    assert await calls(asked, **{"from": middle["created_at"]}) == [newest, middle]
    assert await calls(asked, to=middle["created_at"]) == [oldest]
    page = (await asked.http.get(CALLS, params={"limit": 1, "offset": 1})).json()
    assert page == {"calls": [middle], "total": 3, "limit": 1, "offset": 1}


async def test_a_tenant_sees_only_its_own(asked: Service) -> None:
    await chat(asked, tenant="team-blue")
    (call,) = await calls(asked, "team-blue")
    assert await calls(asked) == []
    answer = await asked.http.get(f"{CALLS}/{call['id']}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "CALL_NOT_FOUND")
    theirs = {"X-Tenant-Id": "team-blue"}
    assert (await asked.http.get(f"{CALLS}/{call['id']}", headers=theirs)).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"status": "fine"}, "status should be 'ok', 'error' or 'cancelled', got 'fine'"),
        ({"from": "2026-01-01T00:00:00"}, "from should have timezone info"),
        ({"min_cost": "-1"}, "min_cost should be greater than or equal to 0"),
        ({"limit": "501"}, "limit should be less than or equal to 500, got '501'"),
        ({"run_id": "7"}, "run_id"),
    ],
)
async def test_what_cannot_be_looked_for(
    service: Service, wanted: dict[str, str], told: str
) -> None:
    answer = await service.http.get(CALLS, params=wanted)
    assert answer.status_code == 400
    assert told in answer.json()["error"]["message"]


async def test_the_ledger_counts(asked: Service) -> None:
    await chat(asked)
    await calls(asked)
    told = (await asked.http.get("/api/v1/llm/ledger")).json()
    assert told == {"written": 1, "queued": 0, "lost": 0}
