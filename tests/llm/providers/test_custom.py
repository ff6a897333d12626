"""Servers of one's own, from `CUSTOM_<NAME>_BASE_URL`."""

import pytest
from pydantic import SecretStr

from app.llm import Connection, LLMClient, ModelRef, ProviderDisabled, build_client
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import ask


@pytest.fixture
async def client(upstream: FakeOpenAI) -> LLMClient:
    acme = Connection(api_key=SecretStr("sk-acme"), base_url=upstream.base_url)
    keyed = Connection(api_key=SecretStr("sk-x"))
    return build_client({"openai": keyed}, custom={"acme": acme, "bare": Connection()})


@pytest.mark.parametrize("provider", ["acme", "custom_acme"])
async def test_it_answers_under_both_spellings(
    client: LLMClient, upstream: FakeOpenAI, provider: str
) -> None:
    client.require(provider)
    completion = await client.complete(ask(ModelRef(provider, "m")))
    await client.aclose()

    assert completion.text == "Hello from the fake model."
    assert completion.model == ModelRef("acme", "m")
    assert upstream.requests[0].headers["authorization"] == "Bearer sk-acme"


async def test_it_comes_after_the_known_ones(client: LLMClient) -> None:
    assert client.configured() == ("openai", "acme")
    assert client.default_provider == "openai"


async def test_one_that_isnt_set(client: LLMClient) -> None:
    with pytest.raises(ProviderDisabled, match="set CUSTOM_LAB_BASE_URL and restart"):
        client.require("custom_lab")


async def test_the_prefix_is_for_ones_own_alone(client: LLMClient) -> None:
    with pytest.raises(ProviderDisabled):
        client.require("custom_openai")
