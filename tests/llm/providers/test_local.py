import asyncio
from dataclasses import replace

from pydantic import SecretStr

from app.llm import PROVIDERS, Connection, answering, find_local
from tests.fakes.openai_wire import FakeOpenAI

NOBODY = "http://127.0.0.1:9/v1"


async def test_who_answers(upstream: FakeOpenAI) -> None:
    urls = {"lm_studio": NOBODY, "ollama": upstream.base_url}

    assert await answering(urls, within=5) == ("ollama",)


async def test_something_else_at_the_address(upstream: FakeOpenAI) -> None:
    upstream.models_payload = {"hello": "world"}

    assert await answering({"ollama": upstream.base_url}, within=5) == ()


async def test_nobody_is_waited_for(upstream: FakeOpenAI) -> None:
    upstream.before_listing = asyncio.Event().wait

    assert await answering({"ollama": upstream.base_url}, within=0.05) == ()


async def test_what_is_found_is_connected(upstream: FakeOpenAI) -> None:
    rows = {
        "lm_studio": replace(PROVIDERS["lm_studio"], base_url=NOBODY),
        "ollama": replace(PROVIDERS["ollama"], base_url=upstream.base_url),
        "openai": replace(PROVIDERS["openai"], base_url=upstream.base_url),
    }
    key = SecretStr("sk-x")
    connections = await find_local({"ollama": Connection(api_key=key)}, within=5, rows=rows)

    assert connections == {"ollama": Connection(api_key=key, base_url=upstream.base_url)}


async def test_a_set_address_is_left_alone(upstream: FakeOpenAI) -> None:
    connections = {name: Connection(base_url=NOBODY) for name in ("lm_studio", "ollama")}

    assert await find_local(connections, within=5) == connections
    assert not upstream.requests
