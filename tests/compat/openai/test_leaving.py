"""Callers that leave, wait, read slowly, and vendors that are given up."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.compat.openai.conftest import TEXT
from tests.compat.openai.heard import HELLO, ask
from tests.fakes.http_server import Recorded
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHAT = "/v1/chat/completions"
HUNG_UP_SECONDS = 20
"""Much longer than it takes: a vendor here would go on for ever."""


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    return {
        "SSE_HEARTBEAT_INTERVAL": "0.1",
        "LLM_BREAKER_FAILURES": "2",
        "LLM_BREAKER_COOLDOWN": "0.5",
        "LLM_FIRST_TOKEN_TIMEOUT": "1",
    }


@pytest.fixture(autouse=True)
def _as_before(vendor: FakeOpenAI, spare: FakeOpenAI) -> None:
    vendor.requests.clear()
    spare.requests.clear()
    vendor.latency = vendor.token_delay = 0.0


async def _asked(vendor: FakeOpenAI) -> Recorded:
    """The question, once it is there."""
    while not vendor.chats:
        await asyncio.sleep(0.005)
    return vendor.chats[0]


async def _row(door: Service, tenant: str) -> dict[str, Any]:
    while True:
        page = await door.http.get("/api/v1/llm/calls", headers={"x-tenant-id": tenant})
        if rows := page.json()["calls"]:
            [row] = rows
            return dict(row)
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("fault", ["silence", "silence-after-headers", "comments-for-ever"])
async def test_leaving_before_the_first_token(
    door: Service, vendor: FakeOpenAI, fault: str, stream: bool
) -> None:
    tenant = f"left-{fault}-{stream}".lower()
    async with httpx.AsyncClient(base_url=door.url) as http:
        body = {"model": f"openai:{fault}@{tenant}", "stream": stream}
        calling = asyncio.create_task(ask(http, body, {"x-tenant-id": tenant}))
        asked = await _asked(vendor)
        calling.cancel()
        await asyncio.wait({calling})
    async with asyncio.timeout(HUNG_UP_SECONDS):
        await asked.hung_up()
    row = await _row(door, tenant)

    assert row["status"] == "cancelled"
    assert row["completion_tokens"] == 0
    assert len(row["attempts"]) == 1


async def test_leaving_in_mid_stream(door: Service, vendor: FakeOpenAI) -> None:
    vendor.token_delay = 0.2
    async with httpx.AsyncClient(base_url=door.url) as http:
        body = {"model": "openai:ok@mid", "stream": True, "messages": HELLO}
        headers = {"x-tenant-id": "left-mid"}
        async with http.stream("POST", CHAT, json=body, headers=headers) as response:
            async for line in response.aiter_lines():
                if "Gr" in line:
                    break
    async with asyncio.timeout(HUNG_UP_SECONDS):
        await vendor.chats[-1].hung_up()
    row = await _row(door, "left-mid")

    assert row["status"] == "cancelled"
    assert row["completion_tokens"] > 0
    assert row["estimated"] is True
    assert (row["provider"], row["model"]) == ("openai", "ok@mid")


async def test_comments_keep_a_waiting_stream_alive(door: Service, vendor: FakeOpenAI) -> None:
    vendor.latency = 0.5
    heard = await ask(door.http, {"model": "openai:ok@late", "stream": True})

    assert heard.comments >= 2
    assert (heard.text, heard.done) == (TEXT, True)
    assert "x-parley-model" not in heard.headers  # they went out before anybody knew


async def test_comments_keep_a_stream_alive_that_fell_silent(
    door: Service, vendor: FakeOpenAI
) -> None:
    vendor.token_delay = 0.25
    vendor.reply = lambda _body: "One two three."
    try:
        heard = await ask(door.http, {"model": "openai:ok@pauses", "stream": True})
    finally:
        vendor.reply = lambda _body: TEXT

    assert heard.comments >= 2
    assert (heard.text, heard.done) == ("One two three.", True)
    assert heard.headers["x-parley-model"] == "openai:ok@pauses"


async def test_a_failure_after_comments_is_told_in_the_stream(door: Service) -> None:
    heard = await ask(door.http, {"model": "openai:silence@told", "stream": True})

    assert (heard.status, heard.done, heard.text) == (200, False, "")
    assert heard.error is not None
    assert (heard.error["type"], heard.error["code"]) == ("timeout_error", "timeout")


async def test_another_model_takes_over_after_comments_too(door: Service) -> None:
    body = {"model": "openai:silence@over", "models": ["spare:ok"], "stream": True}
    heard = await ask(door.http, body)

    assert heard.comments >= 2
    assert heard.done
    assert heard.error is None


async def test_a_model_that_is_away_costs_nothing_once_that_is_known(
    door: Service, vendor: FakeOpenAI
) -> None:
    body = {"model": "openai:status-503@dead", "models": ["spare:ok"]}
    for _ in range(2):
        await ask(door.http, body)
    asked = len(vendor.calls)
    heard = await ask(door.http, body)

    assert asked > 0
    assert len(vendor.calls) == asked
    assert heard.headers["x-parley-model"] == "spare:ok"


async def test_a_model_that_is_back_is_asked_again(door: Service, vendor: FakeOpenAI) -> None:
    body = {"model": "openai:back", "models": ["spare:ok"]}
    vendor.fault = "status-503"
    for _ in range(2):
        await ask(door.http, body)
    vendor.fault = "ok"
    await asyncio.sleep(0.6)
    heard = await ask(door.http, body)

    assert heard.headers["x-parley-model"] == "openai:back"


async def test_chunks_leave_as_they_come(door: Service, vendor: FakeOpenAI) -> None:
    """The vendor says the next word when the caller has the one before, and not until then."""
    heard: list[str] = []

    async def until_heard(said: int) -> None:
        while len(heard) < said:
            await asyncio.sleep(0.005)

    vendor.before_token, vendor.reply = until_heard, lambda _body: "One two three"
    body = {"model": "openai:ok@live", "stream": True, "messages": HELLO}
    try:
        async with door.http.stream("POST", CHAT, json=body) as response:
            async for line in response.aiter_lines():
                if '"content": "' in line and '"content": ""' not in line:
                    heard.append(line)  # noqa: PERF401  # one by one, as they come
    finally:
        vendor.before_token, vendor.reply = None, lambda _body: TEXT

    assert len(heard) == 3
