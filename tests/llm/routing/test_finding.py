"""Where no model is known for a call, they are looked for before it fails."""

from collections.abc import AsyncIterator

import pytest

from app.llm import (
    Catalogue,
    Connection,
    LedgerEntry,
    LiveCatalogue,
    LLMClient,
    NoModelAtHand,
    ProviderDisabled,
    UnknownModel,
    build_client,
)
from app.llm.errors import LLMError
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.routing.models import facts, request


class Shelf:
    """Knows nothing, until somebody looks for the models of LM Studio. Keeps the ledger, too."""

    def __init__(self, *there: str) -> None:
        self.catalogue = LiveCatalogue()
        self.there = there
        self.looks = 0
        self.entries: list[LedgerEntry] = []

    async def find(self) -> bool:
        self.looks += 1
        self.catalogue.current = Catalogue(facts(f"lm_studio:{name}") for name in self.there)
        return bool(self.there)

    def record(self, entry: LedgerEntry) -> None:
        self.entries.append(entry)


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


def client_of(shelf: Shelf, upstream: FakeOpenAI) -> LLMClient:
    connection = Connection(base_url=upstream.base_url)
    return build_client(
        {"lm_studio": connection}, catalogue=shelf.catalogue, ledger=shelf, find=shelf.find
    )


@pytest.mark.parametrize("names", [(), ("auto",), ("qwen/qwen3-4b",), ("offline-not", "x")])
async def test_what_is_found_answers(names: tuple[str, ...], upstream: FakeOpenAI) -> None:
    shelf = Shelf("qwen/qwen3-4b", "offline-not")
    client = client_of(shelf, upstream)
    completion = await client.complete(request(*names))
    await client.complete(request(*names))
    await client.aclose()
    assert completion.model.provider == "lm_studio"
    assert shelf.looks == 1, "the second call knows"
    assert len(shelf.entries) == 2, "one for each call"


@pytest.mark.parametrize(("name", "error"), [("auto", NoModelAtHand), ("qwen", UnknownModel)])
async def test_nothing_found_changes_nothing(
    name: str, error: type[LLMError], upstream: FakeOpenAI
) -> None:
    shelf = Shelf()
    client = client_of(shelf, upstream)
    with pytest.raises(error):
        await client.complete(request(name))
    await client.aclose()
    assert (shelf.looks, len(shelf.entries)) == (1, 1)
    assert not upstream.requests


async def test_another_model_than_the_one_named_is_no_help(upstream: FakeOpenAI) -> None:
    shelf = Shelf("qwen/qwen3-4b")
    client = client_of(shelf, upstream)
    with pytest.raises(UnknownModel, match="Near it: qwen/qwen3-4b"):
        await client.complete(request("qwen3-4c"))
    await client.aclose()


async def test_a_provider_that_is_not_configured_is_not_looked_for(upstream: FakeOpenAI) -> None:
    shelf = Shelf("qwen/qwen3-4b")
    client = client_of(shelf, upstream)
    with pytest.raises(ProviderDisabled):
        await client.complete(request("openai:gpt-5"))
    await client.aclose()
    assert shelf.looks == 0
