"""What a key has left at its vendor, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from app.gateway.health.accounts import Accounts
from app.llm import Connection, NoAccount, ProviderDisabled, RequestRefused, build_client
from tests.fakes.openrouter import FakeOpenRouter
from tests.fixtures.service import RunService, Service

SECRET = "sk-or-canary"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenRouter]:
    async with FakeOpenRouter() as fake:
        yield fake


@pytest.fixture
async def service(run_service: RunService, upstream: FakeOpenRouter) -> AsyncIterator[Service]:
    settings = {"OPENROUTER_API_KEY": SECRET, "OPENROUTER_BASE_URL": upstream.base_url}
    async with run_service(**settings, LM_STUDIO_BASE_URL="http://127.0.0.1:9/v1") as running:
        yield running


@pytest.fixture
async def accounts(upstream: FakeOpenRouter, clock: Clock) -> AsyncIterator[Accounts]:
    connection = Connection(api_key=SecretStr(SECRET), base_url=upstream.base_url)
    client = build_client({"openrouter": connection})
    made = Accounts(client, clock=clock)
    yield made
    await made.aclose()
    await client.aclose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def told(service: Service, provider: str = "openrouter") -> tuple[int, dict[str, Any]]:
    answer = await service.http.get(f"/api/v1/llm/providers/{provider}/account")
    assert SECRET not in answer.text
    return answer.status_code, answer.json()


async def test_a_usual_key(service: Service) -> None:
    assert await told(service) == (
        200,
        {
            "label": "sk-or-v1-0e6...1c96",
            "limit": "20",
            "limit_remaining": "19.1",
            "resets": "monthly",
            "used": "0.9",
            "used_today": "0.0000001",
            "free_tier": False,
            "free_requests": {"limit": 1000, "used": 3, "remaining": 997},
            "expires_at": "2027-01-01T00:00:00Z",
            "credits_bought": None,
            "credits_used": None,
            "credits_left": None,
        },
    )


async def test_a_management_key(service: Service, upstream: FakeOpenRouter) -> None:
    upstream.credits = {"total_credits": 100.5, "total_usage": 25.75}
    status, account = await told(service)
    assert status == 200
    assert (account["credits_bought"], account["credits_left"]) == ("100.5", "74.75")


@pytest.mark.parametrize(
    ("provider", "status", "code", "message"),
    [
        ("lm_studio", 404, "LLM_NO_ACCOUNT", "LM Studio doesn't tell what a key has used"),
        ("offline", 404, "LLM_NO_ACCOUNT", "doesn't tell"),
        ("openai", 400, "LLM_PROVIDER_DISABLED", "set OPENAI_API_KEY"),
        ("nobody", 400, "LLM_PROVIDER_DISABLED", "There is no provider 'nobody'"),
    ],
)
async def test_who_has_none(
    service: Service, provider: str, status: int, code: str, message: str
) -> None:
    answered, body = await told(service, provider)
    assert (answered, body["error"]["code"]) == (status, code)
    assert message in body["error"]["message"]


async def test_a_key_that_is_refused(service: Service, upstream: FakeOpenRouter) -> None:
    upstream.key = None
    status, body = await told(service)
    assert (status, body["error"]["code"]) == (502, "LLM_BAD_GATEWAY")
    assert "check OPENROUTER_API_KEY" in body["error"]["message"]


async def test_however_many_look_the_vendor_is_asked_now_and_then(
    accounts: Accounts, upstream: FakeOpenRouter, clock: Clock
) -> None:
    for _ in range(5):
        await accounts.of("openrouter")
    assert upstream.asked_for_key == 1
    clock.now += 10
    upstream.key = None
    for _ in range(3):
        with pytest.raises(RequestRefused):
            await accounts.of("openrouter")
    assert upstream.asked_for_key == 2


async def test_names_that_nobody_bears_leave_nothing_behind(accounts: Accounts) -> None:
    for name in ("openai", "nobody", "custom_x"):
        with pytest.raises(ProviderDisabled):
            await accounts.of(name)
    with pytest.raises(NoAccount):
        await accounts.of("offline")
    assert set(accounts._by_provider) == {"offline"}  # what it holds is the point
