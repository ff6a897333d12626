"""Vendors with a wire of their own, and the built-in model, to who knows only OpenAI's package."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import openai
import pytest
import pytest_asyncio

from app.db import Address
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini import FakeGemini
from tests.fixtures.database import new_database
from tests.fixtures.service import Service, serving, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}]
TOOLS: Any = [{"type": "function", "function": {"name": "search", "parameters": {}}}]
DEAL: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "deal",
        "schema": {"type": "object", "properties": {"message": {"type": "string"}}},
    },
}
VENDORS = ["anthropic", "gemini"]


@pytest.fixture(scope="module")
def address(postgres: Address, worker_id: str) -> Iterator[Address]:
    with new_database(postgres, f"native_{worker_id}") as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(
    address: Address, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    def reply(body: dict[str, Any]) -> str | dict[str, Any]:
        asked = "output_config" in body or "responseJsonSchema" in str(body)
        return {"message": "Deal."} if asked else "Hello from a vendor."

    async with FakeAnthropic(reply=reply) as claude, FakeGemini(reply=reply) as gemini:
        environment = {
            "ANTHROPIC_API_KEY": "sk-canary-anthropic",
            "ANTHROPIC_BASE_URL": claude.base_url,
            "GEMINI_API_KEY": "sk-canary-gemini",
            "GEMINI_BASE_URL": gemini.base_url,
            "LLM_FIRST_TOKEN_TIMEOUT": "10",
            "LOG_LEVEL": "CRITICAL",
        }
        with pytest.MonkeyPatch.context() as patch:
            folder = tmp_path_factory.mktemp("native")
            made = settings_for(address, folder, patch, **environment)
        async with serving(made) as service:
            yield service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(service: Service) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        base_url=f"{service.url}/v1", api_key="sk-anything", max_retries=0
    ) as made:
        yield made


@pytest.mark.parametrize("vendor", VENDORS)
async def test_an_answer(client: openai.AsyncOpenAI, vendor: str) -> None:
    answer = await client.chat.completions.create(model=f"{vendor}:ok", messages=ASKED)

    assert answer.choices[0].message.content == "Hello from a vendor."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 7


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_stream(client: openai.AsyncOpenAI, vendor: str) -> None:
    stream = await client.chat.completions.create(
        model=f"{vendor}:ok",
        messages=ASKED,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]

    said = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(said) == "Hello from a vendor."
    assert chunks[-1].usage is not None


@pytest.mark.parametrize("vendor", VENDORS)
async def test_tool_calls(client: openai.AsyncOpenAI, vendor: str) -> None:
    answer = await client.chat.completions.create(
        model=f"{vendor}:two-tools", messages=ASKED, tools=TOOLS
    )

    assert answer.choices[0].finish_reason == "tool_calls"
    calls: Any = answer.choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["search", "now"]
    assert json.loads(calls[0].function.arguments) == {"query": "clay"}
    assert len({call.id for call in calls}) == 2


@pytest.mark.parametrize("vendor", VENDORS)
async def test_structured_output(client: openai.AsyncOpenAI, vendor: str) -> None:
    answer = await client.chat.completions.create(
        model=f"{vendor}:ok", messages=ASKED, response_format=DEAL
    )

    assert json.loads(answer.choices[0].message.content or "") == {"message": "Deal."}


@pytest.mark.parametrize("model", ["anthropic:ok", "gemini:ok", "offline"])
@pytest.mark.parametrize("stream", [True, False])
async def test_several_answers_are_refused(
    client: openai.AsyncOpenAI, model: str, *, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError, match="gives one answer to a prompt") as raised:
        await client.chat.completions.create(model=model, messages=ASKED, n=2, stream=stream)

    assert (raised.value.code, raised.value.param) == ("no_model_fits", "n")


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_rate_limit(client: openai.AsyncOpenAI, vendor: str) -> None:
    with pytest.raises(openai.RateLimitError) as raised:
        await client.chat.completions.create(model=f"{vendor}:status-429-after-7", messages=ASKED)

    assert raised.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_cut_stream_never_looks_complete(client: openai.AsyncOpenAI, vendor: str) -> None:
    stream = await client.chat.completions.create(
        model=f"{vendor}:cut", messages=ASKED, stream=True
    )
    with pytest.raises(openai.APIError, match="broke off in mid-answer"):
        [chunk async for chunk in stream]


async def test_vectors(client: openai.AsyncOpenAI) -> None:
    answer = await client.embeddings.create(
        model="gemini:gemini-embedding-001", input=["abc", "de"], encoding_format="float"
    )

    assert [row.embedding for row in answer.data] == [[3.0, 1.0], [2.0, 1.0]]


@pytest.mark.parametrize("name", ["offline", "offline:assistant"])
async def test_the_built_in_model(client: openai.AsyncOpenAI, name: str) -> None:
    answer = await client.chat.completions.create(model=name, messages=ASKED)

    assert "no language model" in (answer.choices[0].message.content or "")
    assert "anthropic:MODEL" in (answer.choices[0].message.content or "")


async def test_faults_are_switched_off(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="LLM_OFFLINE_FAULTS"):
        await client.chat.completions.create(model="offline:cut", messages=ASKED)


async def test_the_ledger_has_it(client: openai.AsyncOpenAI, service: Service) -> None:
    await client.chat.completions.create(
        model="gemini:thinking", messages=ASKED, extra_headers={"X-Tenant-Id": "native"}
    )
    async with asyncio.timeout(30):
        while not (rows := await _calls(service)):
            await asyncio.sleep(0.05)

    assert (rows[0]["provider"], rows[0]["model"]) == ("gemini", "thinking")
    assert (rows[0]["prompt_tokens"], rows[0]["completion_tokens"]) == (11, 27)
    assert rows[0]["cached_tokens"] == 5
    assert not rows[0]["estimated"]


async def _calls(service: Service) -> list[dict[str, Any]]:
    answer = await service.http.get("/api/v1/llm/calls", headers={"X-Tenant-Id": "native"})
    answer.raise_for_status()
    payload = answer.json()
    rows: list[dict[str, Any]] = next(each for each in payload.values() if isinstance(each, list))
    return rows
