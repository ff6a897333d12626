"""Asks a provider what it offers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from app.llm.catalogue.facts import ModelFacts
from app.llm.catalogue.listings.local_rows import at_home, lm_studio_v0, lm_studio_v1, ollama
from app.llm.catalogue.listings.offer import Listing, of_facts
from app.llm.catalogue.listings.openai_rows import read_models
from app.llm.errors import BadGateway
from app.llm.model import Provider
from app.llm.providers.registry import ProviderRow


@runtime_checkable
class Fetching(Protocol):
    """A provider that is asked over HTTP."""

    @property
    def row(self) -> ProviderRow: ...

    async def list_models(self) -> tuple[str, ...]: ...

    async def fetch_json(self, path: str) -> Any:
        """The JSON at `path`, which continues the base address, or with a slash in front starts
        at its host. Raises `LLMError`, within 5 s."""
        ...


@runtime_checkable
class TellingFacts(Protocol):
    """A provider whose SDK does the asking."""

    async def facts(self) -> tuple[ModelFacts, ...]:
        """Raises `LLMError`, within 5 s."""
        ...


async def list_offers(provider: Provider) -> Listing:
    """What `provider` offers now, with all it tells. Raises `LLMError`, within seconds."""
    if isinstance(provider, TellingFacts):
        return of_facts(await provider.facts())
    if isinstance(provider, Fetching) and provider.row.listing is not None:
        return await _LISTS.get(provider.row.name, _openai)(provider)
    return _names_only(provider.row.name, await provider.list_models())


async def _openai(provider: Fetching) -> Listing:
    name, listing = provider.row.name, provider.row.listing
    if listing is None:
        return _names_only(name, await provider.list_models())
    payload = await provider.fetch_json(listing)
    return await asyncio.to_thread(read_models, name, payload)  # hundreds of rows take a while


async def _lm_studio(provider: Fetching) -> Listing:
    """By the newest of its APIs that is there."""
    for path, read in (("/api/v1/models", lm_studio_v1), ("/api/v0/models", lm_studio_v0)):
        with suppress(BadGateway):
            listing = read(provider.row.name, await provider.fetch_json(path))
            if listing is not None:
                return listing
    return at_home(await _openai(provider))


async def _ollama(provider: Fetching) -> Listing:
    """By its own API; what is loaded is left out where that isn't told."""
    running: object = None
    with suppress(BadGateway):
        tags = await provider.fetch_json("/api/tags")
        with suppress(BadGateway):
            running = await provider.fetch_json("/api/ps")
        listing = ollama(provider.row.name, tags, running)
        if listing is not None:
            return listing
    return at_home(await _openai(provider))


def _names_only(provider: str, models: tuple[str, ...]) -> Listing:
    return read_models(provider, [{"id": model} for model in models])


_LISTS: Mapping[str, Callable[[Fetching], Awaitable[Listing]]] = {
    "lm_studio": _lm_studio,
    "ollama": _ollama,
}
"""The providers that have more to tell than the OpenAI wire has words for."""
