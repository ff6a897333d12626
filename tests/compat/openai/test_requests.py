"""What the door takes and what it refuses, and how it says so."""

import asyncio
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.compat.openai.heard import HELLO, Heard, ask
from tests.fakes.openai_wire import FakeOpenAI
from tests.fixtures.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHAT = "/v1/chat/completions"
LIMIT = 200_000


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    return {"MODEL_BODY_LIMIT_BYTES": str(LIMIT), "BODY_LIMIT_BYTES": "2048"}


@pytest.fixture(autouse=True)
def _as_before(vendor: FakeOpenAI) -> None:
    vendor.requests.clear()


def told(response: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["error"]
    assert set(error) == {"message", "type", "code", "param"}
    return error


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "Hello"}, "messages"),
        ({"messages": ["Hello"]}, "messages.0"),
        ({"messages": [{"content": "Hello"}]}, "messages.0.role"),
        ({"messages": [{"role": "boss", "content": "Hello"}]}, "messages.0.role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [7]}]}, "messages.0.content.0"),
        ({"messages": [{"role": "user", "content": [{}]}]}, "messages.0.content.0.type"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.tool_call_id"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages.0.content.0.image_url.url",
        ),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]},
            "messages.0.tool_calls.0.function",
        ),
        ({"messages": HELLO, "model": 7}, "model"),
        ({"messages": HELLO, "model": ""}, "model"),
        ({"messages": HELLO, "model": "a\nb"}, "model"),
        ({"messages": HELLO, "model": "a\x00b"}, "model"),
        ({"messages": HELLO, "model": "x" * 300}, "model"),
        ({"messages": HELLO, "models": []}, "models"),
        ({"messages": HELLO, "models": ["a"] * 11}, "models"),
        ({"messages": HELLO, "models": [7]}, "models.0"),
        ({"messages": HELLO, "stream": "yes"}, "stream"),
        ({"messages": HELLO, "stream_options": {"include_usage": True}}, "stream_options"),
        ({"messages": HELLO, "temperature": 2.1}, "temperature"),
        ({"messages": HELLO, "temperature": True}, "temperature"),
        ({"messages": HELLO, "max_tokens": 0}, "max_tokens"),
        ({"messages": HELLO, "max_completion_tokens": 1.5}, "max_completion_tokens"),
        ({"messages": HELLO, "max_tokens": 0, "max_completion_tokens": 5}, "max_tokens"),
        ({"messages": HELLO, "max_tokens": 5000, "max_completion_tokens": 5}, "max_tokens"),
        *(({"messages": HELLO, "n": n}, "n") for n in (0, -3, 1.5, 8.0, "8", True, 129)),
        ({"messages": HELLO, "top_p": -1}, "top_p"),
        ({"messages": HELLO, "stop": 7}, "stop"),
        ({"messages": HELLO, "stop": ["x"] * 17}, "stop"),
        ({"messages": HELLO, "tools": "weather"}, "tools"),
        ({"messages": HELLO, "tools": [{"type": "function"}]}, "tools.0.function"),
        ({"messages": HELLO, "tool_choice": "weather"}, "tool_choice"),
        ({"messages": HELLO, "response_format": "json"}, "response_format"),
        ({"messages": HELLO, "response_format": {"type": "json_schema"}},
         "response_format.json_schema"),
        ({"messages": HELLO, "task": "cooking"}, "task"),
        ({"messages": HELLO, "complexity": "very"}, "complexity"),
        ({"messages": HELLO, "free": "yes"}, "free"),
        ({"messages": HELLO, "cache": 1}, "cache"),
        ({"messages": HELLO, "compress": "all"}, "compress"),
        ([], "body"),
    ],
)  # fmt: skip
async def test_what_is_unusable_is_named(
    door: Service, vendor: FakeOpenAI, body: Any, param: str
) -> None:
    response = await door.http.post(CHAT, json=body)

    error = told(response)
    assert response.status_code == 400
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert param in error["message"]
    assert vendor.calls == []


async def test_two_limits_of_tokens_name_each_other(door: Service) -> None:
    limits = {"max_tokens": 5000, "max_completion_tokens": 7}
    response = await door.http.post(CHAT, json={"messages": HELLO, **limits})

    message = told(response)["message"]
    assert "max_completion_tokens" in message
    assert "7" in message
    assert "5000" in message


async def test_how_many_answers_there_may_be_is_told(door: Service) -> None:
    response = await door.http.post(CHAT, json={"messages": HELLO, "n": "8"})

    assert told(response)["message"] == (
        "n should be a whole number from 1 to 128, as in 2, got '8'"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": 5, "max_completion_tokens": 5},
        {"max_tokens": None, "max_completion_tokens": 5},
        {"n": None},
        {"n": 1},
        {"n": 2},
    ],
)
async def test_what_is_usable_reaches_the_vendor(
    door: Service, vendor: FakeOpenAI, fields: dict[str, Any]
) -> None:
    body = {"model": "openai:ok", "messages": HELLO, **fields}
    response = await door.http.post(CHAT, json=body)

    assert response.status_code == 200
    assert fields.items() <= vendor.calls[0].items()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b'{"messages": NaN}', b'"\\ud800"', b"[" * 5000]
)
async def test_a_body_that_is_no_json(door: Service, content: bytes) -> None:
    response = await door.http.post(CHAT, content=content)

    assert response.status_code == 400
    assert told(response)["param"] == "body"


async def test_a_body_that_is_nested_too_deeply(door: Service) -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    response = await door.http.post(CHAT, json={"messages": HELLO, "model": "openai:ok", "x": deep})

    assert response.status_code == 400
    assert "nested" in told(response)["message"]


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_that_is_too_large(door: Service, chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * (LIMIT // 5)

    content: Any = pieces() if chunked else b"x" * (LIMIT + 1)
    response = await door.http.post(CHAT, content=content)

    assert response.status_code == 413
    assert told(response)["code"] == "payload_too_large"


async def test_pictures_may_be_larger_than_other_bodies(door: Service, vendor: FakeOpenAI) -> None:
    url = "data:image/png;base64," + "A" * 100_000
    content = [{"type": "image_url", "image_url": {"url": url}}]
    body = {"model": "openai:ok", "messages": [{"role": "user", "content": content}]}
    response = await door.http.post(CHAT, json=body)

    assert response.status_code == 200
    assert vendor.calls[0]["messages"][0]["content"] == content


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("POST", "/v1/chat", 404, "not_found"),
        ("GET", CHAT, 405, "method_not_allowed"),
        ("DELETE", "/v1/models", 405, "method_not_allowed"),
    ],
)
async def test_paths_that_are_not_there(
    door: Service, method: str, path: str, status: int, code: str
) -> None:
    response = await door.http.request(method, path)

    assert response.status_code == status
    assert told(response)["code"] == code


async def test_elsewhere_errors_look_as_ever(door: Service) -> None:
    response = await door.http.get("/api/v1/nothing")

    assert set(response.json()["error"]) == {"code", "message", "details", "timestamp"}


@pytest.mark.parametrize(
    ("model", "status", "code"),
    [
        ("no-such-model", 404, "model_not_found"),
        ("nobody:model", 404, "model_not_found"),
        ("profile:nobody", 404, "model_not_found"),
        ("anthropic:claude", 400, "provider_not_configured"),
    ],
)
async def test_names_that_stand_for_no_model(
    door: Service, model: str, status: int, code: str
) -> None:
    heard = await ask(door.http, {"model": model})

    assert heard.error is not None
    assert (heard.status, heard.error["code"]) == (status, code)
    assert heard.error["param"] == "model"


@pytest.mark.parametrize(
    ("fields", "status", "param", "named"),
    [
        ({"profile": "nope"}, 404, "profile", "coding_agent"),
        ({"model": "auto", "profile": "nope"}, 404, "profile", "coding_agent"),
        ({"compress": ["nope"]}, 400, "compress", "lossless"),
    ],
)
async def test_names_in_our_own_fields_are_told_by_those(
    door: Service, fields: dict[str, Any], status: int, param: str, named: str
) -> None:
    heard = await ask(door.http, {"model": "openai:ok", **fields})

    assert heard.error is not None
    assert (heard.status, heard.error["param"]) == (status, param)
    assert "'nope'" in heard.error["message"]
    assert named in heard.error["message"]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
async def test_json_is_json_whatever_its_content_type_says(door: Service, kind: str) -> None:
    content = json.dumps({"model": "openai:ok", "messages": HELLO})
    response = await door.http.post(CHAT, content=content, headers={"content-type": kind})

    assert response.status_code == 200


async def test_a_call_is_its_tenants_and_knows_its_key_by_a_fingerprint(door: Service) -> None:
    headers = {"x-tenant-id": "team-blue", "authorization": "Bearer sk-canary-caller"}
    await ask(door.http, {"model": "openai:ok"}, headers)
    [row] = await _rows(door, "team-blue")
    detail = await door.http.get(f"/api/v1/llm/calls/{row['id']}", headers=headers)

    assert detail.json()["key_id"] == sha256(b"sk-canary-caller").hexdigest()[:16]
    assert "canary" not in detail.text


async def test_a_tenant_that_can_be_none(door: Service) -> None:
    response = await door.http.post(
        CHAT, json={"model": "openai:ok", "messages": HELLO}, headers={"x-tenant-id": "Team Blue!"}
    )

    assert response.status_code == 400
    assert told(response)["param"] == "X-Tenant-Id"


async def test_a_stored_answer_tells_its_tokens_to_who_asks(
    door: Service, vendor: FakeOpenAI
) -> None:
    use = {"x-parley-cache": "use"}
    body = {"model": "openai:ok@counted", "stream": True}
    asked = body | {"stream_options": {"include_usage": True}}
    plain, counted, again = [await ask(door.http, each, use) for each in (body, asked, body)]

    assert [heard.headers["x-parley-cache"] for heard in (plain, counted, again)] == [
        "miss",
        "hit",
        "hit",
    ]
    assert [len(_usages(heard)) for heard in (plain, counted, again)] == [0, 1, 0]
    assert _usages(counted)[0]["completion_tokens"] > 0
    assert len(vendor.calls) == 1


async def test_tokens_of_an_answer_of_no_use_are_in_the_ledger(
    door: Service, vendor: FakeOpenAI
) -> None:
    vendor.usage = {"prompt_tokens": 5, "completion_tokens": 50}
    tenant = {"x-tenant-id": "of-no-use"}
    try:
        await ask(door.http, {"model": "openai:silent-json@spent"}, tenant)
        await ask(door.http, {"model": "openai:empty-answer@spent", "stream": True}, tenant)
    finally:
        vendor.usage = {}
    rows = await _rows(door, tenant["x-tenant-id"], 2)

    assert {(row["prompt_tokens"], row["completion_tokens"]) for row in rows} == {(15, 150)}
    assert not any(row["estimated"] for row in rows)


def _usages(heard: Heard) -> list[dict[str, Any]]:
    return [chunk["usage"] for chunk in heard.chunks if chunk.get("usage")]


@pytest.mark.parametrize("stream", [True, False])
async def test_a_stored_answer_will_do_for_who_says_so(
    door: Service, vendor: FakeOpenAI, stream: bool
) -> None:
    use = {"x-parley-cache": "use"}
    body = {"model": f"openai:ok@cache-{stream}", "stream": stream}
    first = await ask(door.http, body, use)
    again = await ask(door.http, body, use)
    by_field = await ask(door.http, body | {"cache": True})
    without = await ask(door.http, body)

    found = [heard.headers["x-parley-cache"] for heard in (first, again, by_field, without)]
    assert found == ["miss", "hit", "hit", "off"]
    assert len({heard.text for heard in (first, again, by_field, without)}) == 1
    assert all(heard.done for heard in (first, again, by_field, without))
    assert len(vendor.calls) == 2


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "input"),
        ({"input": 7}, "input"),
        ({"input": []}, "input"),
        ({"input": [[]]}, "input"),
        ({"input": [1.5]}, "input"),
        ({"input": [True]}, "input"),
        ({"input": ["x", 7]}, "input"),
        ({"input": "x", "encoding_format": "int8"}, "encoding_format"),
    ],
)
async def test_texts_that_are_none(door: Service, body: dict[str, Any], param: str) -> None:
    response = await door.http.post("/v1/embeddings", json=body)

    assert response.status_code == 400
    assert told(response)["param"] == param


async def test_pages_of_other_origins_may_read_what_a_call_was(door: Service) -> None:
    response = await door.http.post(
        CHAT,
        json={"model": "openai:ok", "messages": HELLO},
        headers={"origin": "http://localhost:3000"},
    )

    assert response.headers["access-control-allow-origin"] == "http://localhost:3000"
    exposed = response.headers["access-control-expose-headers"]
    assert "x-parley-model" in exposed
    assert "x-request-id" in exposed


async def _rows(door: Service, tenant: str, count: int = 1) -> list[dict[str, Any]]:
    while True:
        page = await door.http.get("/api/v1/llm/calls", headers={"x-tenant-id": tenant})
        rows: list[dict[str, Any]] = page.json()["calls"]
        if len(rows) >= count:
            return rows
        await asyncio.sleep(0.02)
