"""Budgets of a running service, over HTTP, with a vendor on loopback that has a price list."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.accounts.test_tenants import BAD
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import RunService, Service

PAID, FREE, UNPRICED = "acme/paid", "acme/gift:free", "acme/unlisted"
UNTOLD, PICTURED = "acme/untold", "acme/pictured"
_LISTED = {
    "data": [
        {
            "id": PAID,
            "name": "Paid",
            "context_length": 100_000,
            "pricing": {"prompt": "0.0001", "completion": "0.001"},
            "top_provider": {"max_completion_tokens": 1000},
        },
        {
            "id": FREE,
            "name": "Gift",
            "context_length": 8_000,
            "pricing": {"prompt": "0", "completion": "0"},
        },
        {"id": UNTOLD, "pricing": {"prompt": "0", "completion": "0", "request": "-1"}},
        {
            "id": PICTURED,
            "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
            "pricing": {"prompt": "0", "completion": "0", "image": "0.01"},
        },
    ]
}


@dataclass
class Shop:
    """A service whose OpenRouter is the fake."""

    service: Service
    upstream: FakeOpenAI

    async def put(self, name: str = "daily", **fields: Any) -> dict[str, Any]:
        answer = await self.service.http.put(f"/api/v1/llm/budgets/{name}", json=fields)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def get(self, name: str = "daily") -> dict[str, Any]:
        await self.service.http.get("/api/v1/llm/calls")  # has what waits written
        told: dict[str, Any] = (await self.service.http.get(f"/api/v1/llm/budgets/{name}")).json()
        return told

    async def chat(
        self, model: str = PAID, *, tenant: str | None = None, **fields: Any
    ) -> httpx.Response:
        body = {
            "model": f"openrouter:{model}",
            "max_tokens": 100,
            "messages": [{"role": "user", "content": "Hello"}],
            **fields,
        }
        headers = {"X-Tenant-Id": tenant} if tenant else {}
        return await self.service.http.post("/v1/chat/completions", json=body, headers=headers)

    async def ledger_sum(self) -> Decimal:
        told = (await self.service.http.get("/api/v1/llm/calls", params={"limit": 500})).json()
        return sum((Decimal(call["cost_usd"] or 0) for call in told["calls"]), Decimal(0))


@pytest.fixture
async def shop(run_service: RunService) -> AsyncIterator[Shop]:
    async with FakeOpenAI() as upstream:
        upstream.models_payload = _LISTED
        settings = {"OPENROUTER_API_KEY": "sk-or-x", "OPENROUTER_BASE_URL": upstream.base_url}
        async with run_service(**settings) as service:
            assert (await service.http.post("/api/v1/models/discover")).status_code == 200
            yield Shop(service, upstream)


async def newest(shop: Shop) -> dict[str, Any]:
    told = (await shop.service.http.get("/api/v1/llm/calls")).json()
    row: dict[str, Any] = told["calls"][0]
    return row


async def test_a_price_of_minus_one_for_each_request_is_unknown(shop: Shop) -> None:
    answer = await shop.chat(UNTOLD)
    assert answer.status_code == 200, answer.text
    assert (await newest(shop))["cost_usd"] is None

    await shop.put(limit_usd="0")
    assert (await shop.chat(UNTOLD)).status_code == 400


async def test_pictures_are_paid(shop: Shop) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.test/a.png"}}
    asked: dict[str, Any] = {"messages": [{"role": "user", "content": [picture, picture]}]}
    assert (await shop.chat(PICTURED, **asked)).status_code == 200
    assert (await newest(shop))["cost_usd"] == "0.02"

    await shop.put(limit_usd="0.03")
    assert (await shop.chat(PICTURED)).status_code == 200
    assert (await shop.chat(PICTURED, **asked)).status_code == 402


async def test_a_budget_is_made_shown_changed_and_removed(service: Service) -> None:
    path = "/api/v1/llm/budgets"
    made = (await service.http.put(f"{path}/daily", json={"limit_usd": "5.00"})).json()
    assert made == {
        "name": "daily",
        "tenant": None,
        "key_id": None,
        "task": None,
        "period": "day",
        "limit_usd": "5",
        "limit_tokens": None,
        "spent_usd": "0",
        "spent_tokens": 0,
        "reserved_usd": "0",
        "reserved_tokens": 0,
        "left_usd": "5",
        "left_tokens": None,
        "resets_at": made["resets_at"],
    }
    changed = {"limit_tokens": 10, "tenant": "acme", "task": "chat", "period": "month"}
    told = (await service.http.put(f"{path}/daily", json=changed)).json()
    assert changed.items() <= told.items()
    assert (told["limit_usd"], told["left_tokens"]) == (None, 10)
    assert (await service.http.get(f"{path}/daily")).json() == told
    await service.http.put(f"{path}/a", json={"limit_usd": 0.1})
    page = (await service.http.get(path, params={"limit": 1, "offset": 1})).json()
    assert page == {"budgets": [told], "total": 2, "limit": 1, "offset": 1}
    gone = await service.http.delete(f"{path}/daily")
    assert gone.json() == {"name": "daily", "deleted": True}
    for answer in (
        await service.http.get(f"{path}/daily"),
        await service.http.delete(f"{path}/daily"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "BUDGET_NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "needs a limit"),
        ({"limit_usd": "-1"}, "limit_usd should be greater than or equal to 0, got '-1'"),
        ({"limit_usd": "much"}, "limit_usd"),
        ({"limit_tokens": 1.5}, "limit_tokens"),
        (
            {"limit_usd": 1, "tenant_id": "acme"},
            "tenant_id isn't known here, got 'acme'; known are tenant",
        ),
        ({"limit_usd": 1, "task": "cooking"}, "task should be 'buyer_turn'"),
        ({"limit_usd": 1, "period": "week"}, "period should be 'day' or 'month'"),
        *(({"limit_usd": 1, "tenant": name}, "tenant should be 1 to 64 of a-z") for name in BAD),
    ],
)
async def test_what_makes_no_budget(service: Service, body: dict[str, Any], told: str) -> None:
    answer = await service.http.put("/api/v1/llm/budgets/daily", json=body)
    assert answer.status_code == 400
    assert told in answer.json()["error"]["message"]


async def test_a_tenant_that_can_be_none_is_told_one_that_can(service: Service) -> None:
    body = {"limit_usd": "1", "tenant": "A B"}
    answer = await service.http.put("/api/v1/llm/budgets/daily", json=body)
    [detail] = answer.json()["error"]["details"]
    assert detail["field"] == "tenant"
    assert detail["issue"].endswith("as in team-blue, got 'A B'")


@pytest.mark.parametrize("name", ["Daily", "-a", "a" * 65, "a b"])
async def test_what_makes_no_name(service: Service, name: str) -> None:
    answer = await service.http.put(f"/api/v1/llm/budgets/{name}", json={"limit_usd": 1})
    assert answer.status_code == 400


class TestACall:
    async def test_is_settled_by_what_it_cost(self, shop: Shop) -> None:
        shop.upstream.usage = {"prompt_tokens": 10, "completion_tokens": 20, "cost": 0.0123}
        await shop.put(limit_usd="1", limit_tokens=1000)
        for _ in range(3):
            assert (await shop.chat()).status_code == 200
        told = await shop.get()
        assert (told["spent_usd"], told["spent_tokens"]) == ("0.0369", 90)
        assert (told["reserved_usd"], told["left_usd"]) == ("0", "0.9631")
        assert Decimal(told["spent_usd"]) == await shop.ledger_sum()

    async def test_that_could_cost_too_much_is_refused(self, shop: Shop) -> None:
        resets_at = (await shop.put(limit_usd="0.0999"))["resets_at"]
        answer = await shop.chat()
        assert answer.status_code == 402
        message = answer.json()["error"]["message"]
        assert "the budget 'daily' of 0.0999 USD a day" in message
        assert message.count(resets_at) == 1
        assert not shop.upstream.calls
        assert (await shop.chat(max_tokens=50)).status_code == 200

    async def test_without_a_limit_is_taken_for_the_longest(self, shop: Shop) -> None:
        await shop.put(limit_usd="1.0")
        assert (await shop.chat(max_tokens=None)).status_code == 402
        await shop.put(limit_usd="1.1")
        assert (await shop.chat(max_tokens=None)).status_code == 200

    async def test_whose_limit_is_under_either_name(self, shop: Shop) -> None:
        await shop.put(limit_usd="0.0999")
        assert (await shop.chat(max_tokens=100, max_completion_tokens=100)).status_code == 402
        assert (await shop.chat(max_tokens=100, max_completion_tokens=5)).status_code == 400
        assert (await shop.chat(max_tokens=None, max_completion_tokens=50)).status_code == 200

    async def test_that_wants_several_answers_pays_for_each(self, shop: Shop) -> None:
        await shop.put(limit_usd="0.3")
        assert (await shop.chat(n=3)).status_code == 402
        assert (await shop.chat(n=2)).status_code == 200

    async def test_of_a_free_model_passes(self, shop: Shop) -> None:
        await shop.put(limit_usd="0")
        assert (await shop.chat(FREE)).status_code == 200
        assert (await shop.chat()).status_code == 402

    async def test_of_an_unknown_price_is_refused_where_dollars_are_limited(
        self, shop: Shop
    ) -> None:
        await shop.put(limit_usd="100")
        answer = await shop.chat(UNPRICED)
        assert answer.status_code == 400
        assert "price of openrouter:acme/unlisted isn't known" in answer.json()["error"]["message"]
        await shop.put(limit_tokens=100_000)
        assert (await shop.chat(UNPRICED)).status_code == 200

    async def test_of_another_tenant_is_not_held_back(self, shop: Shop) -> None:
        await shop.put(limit_usd="0", tenant="team-blue")
        assert (await shop.chat(tenant="team-blue")).status_code == 402
        assert (await shop.chat(tenant="team-red")).status_code == 200

    async def test_one_after_another_until_nothing_is_left(self, shop: Shop) -> None:
        shop.upstream.usage = {"cost": 0.05}
        await shop.put(limit_usd="0.2")
        statuses = [(await shop.chat()).status_code for _ in range(5)]
        assert statuses == [200, 200, 402, 402, 402]
        assert (await shop.get())["spent_usd"] == "0.1"


async def test_64_at_once_cannot_pass_a_budget_for_one(shop: Shop) -> None:
    release = asyncio.Event()
    shop.upstream.before_answer = release.wait
    await shop.put(limit_usd="0.11")
    calls = [asyncio.create_task(shop.chat()) for _ in range(64)]
    pending = set(calls)
    while len(pending) > 1:
        _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED, timeout=30)
    release.set()
    statuses = [(await call).status_code for call in calls]
    assert sorted(statuses) == [200, *[402] * 63]
    assert len(shop.upstream.calls) == 1
    assert (await shop.get())["reserved_usd"] == "0"


async def test_a_call_that_is_cancelled_gives_back_what_it_held(shop: Shop) -> None:
    shop.upstream.fault = "silence"
    await shop.put(limit_usd="0.11")
    call = asyncio.create_task(shop.chat())
    while not shop.upstream.calls:
        await asyncio.sleep(0.01)
    assert Decimal((await shop.get())["reserved_usd"]) > Decimal("0.1")
    call.cancel()
    async with asyncio.timeout(30):
        while (await shop.get())["reserved_usd"] != "0":
            await asyncio.sleep(0.02)


async def test_a_budget_made_now_knows_what_was_spent_before(shop: Shop) -> None:
    shop.upstream.usage = {"cost": 0.5}
    assert (await shop.chat()).status_code == 200
    await shop.get()
    assert (await shop.put(limit_usd="0.6"))["spent_usd"] == "0.5"
    assert (await shop.chat()).status_code == 402
