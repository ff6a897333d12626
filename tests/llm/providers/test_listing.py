"""Which models a provider has, also where it has no list."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.kit import json
from app.llm import PROVIDERS, BadGateway, Connection, LLMError, RequestRefused, Timeouts
from app.llm.catalogue.discovery import list_offers
from app.llm.providers._openai_wire import OpenAIProvider
from tests.fakes.http_server import Exchange, HttpServer


class Vendor:
    """Answers everything with `status` and `body`."""

    def __init__(self, status: int, body: bytes = b"{}") -> None:
        self.status = status
        self.body = body
        self.asked: list[tuple[str, str, bytes]] = []

    async def __call__(self, exchange: Exchange) -> None:
        request = exchange.request
        self.asked.append((request.method, request.path, request.body))
        exchange.answer(self.status, self.body, {"content-type": "application/json"})


@asynccontextmanager
async def provider_at(vendor: Vendor, name: str) -> AsyncIterator[OpenAIProvider]:
    async with HttpServer(vendor) as server:
        address = f"http://127.0.0.1:{server.port}/v1"
        provider = OpenAIProvider(PROVIDERS[name], Connection(base_url=address), Timeouts())
        try:
            yield provider
        finally:
            await provider.aclose()


async def test_a_list() -> None:
    vendor = Vendor(200, json.dumps({"data": [{"id": "a"}, {"id": "b"}]}))
    async with provider_at(vendor, "openai") as provider:
        assert await provider.list_models() == ("a", "b")
    assert vendor.asked == [("GET", "/v1/models", b"")]


@pytest.mark.parametrize("status", [200, 400, 422])
async def test_where_there_is_no_list_it_shows_that_it_is_there(status: int) -> None:
    vendor = Vendor(status)
    async with provider_at(vendor, "perplexity") as provider:
        models = await provider.list_models()

    assert models == PROVIDERS["perplexity"].models
    assert vendor.asked == [("POST", "/v1/chat/completions", b"{}")]


@pytest.mark.parametrize("status", [401, 403, 404, 500])
async def test_or_that_it_isnt(status: int) -> None:
    async with provider_at(Vendor(status), "perplexity") as provider:
        with pytest.raises(LLMError, match=f"answered {status}"):
            await provider.list_models()


async def test_discovery_without_a_list() -> None:
    async with provider_at(Vendor(422), "perplexity") as provider:
        listing = await list_offers(provider)

    assert {offer.facts.ref.model for offer in listing.offers} == set(
        PROVIDERS["perplexity"].models
    )


async def test_json_below_the_address_and_at_its_host() -> None:
    vendor = Vendor(200, b'{"a": 1}')
    async with provider_at(vendor, "ollama") as provider:
        assert [await provider.fetch_json(path) for path in ("key", "/api/tags")] == [{"a": 1}] * 2
    assert [path for _, path, _ in vendor.asked] == ["/v1/key", "/api/tags"]


async def test_json_that_is_none() -> None:
    async with provider_at(Vendor(200, b"<html>"), "ollama") as provider:
        with pytest.raises(BadGateway, match="isn't JSON"):
            await provider.fetch_json("/api/tags")


async def test_json_that_is_refused() -> None:
    async with provider_at(Vendor(404, b'{"error": "no"}'), "ollama") as provider:
        with pytest.raises(RequestRefused, match="answered 404: no"):
            await provider.fetch_json("/api/tags")
