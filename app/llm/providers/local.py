"""Finds the providers that need no key by knocking at their usual addresses."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from app.llm.errors import LLMError
from app.llm.providers._openai_wire import OpenAIProvider
from app.llm.providers.connection import Connection
from app.llm.providers.registry import PROVIDERS, ProviderRow
from app.llm.timeouts import Timeouts


async def find_local(
    connections: Mapping[str, Connection],
    *,
    within: float = 0.3,
    rows: Mapping[str, ProviderRow] = PROVIDERS,
) -> Mapping[str, Connection]:
    """`connections`, and the keyless providers without an address that answer right now."""
    absent = {
        name: row.base_url
        for name, row in rows.items()
        if not row.needs_key and not connections.get(name, Connection()).base_url
    }
    found = {
        name: replace(connections.get(name, Connection()), base_url=absent[name])
        for name in await answering(absent, within=within)
    }
    return {**connections, **found}


async def answering(urls: Mapping[str, str], *, within: float = 0.3) -> tuple[str, ...]:
    """Which of these providers list their models at these base addresses, `within` seconds."""
    asked = (_answers(name, url, within) for name, url in urls.items())
    answers = await asyncio.gather(*asked)
    return tuple(name for name, answered in zip(urls, answers, strict=True) if answered)


async def _answers(name: str, url: str, within: float) -> bool:
    provider = OpenAIProvider(PROVIDERS[name], Connection(base_url=url), Timeouts(connect=within))
    try:
        async with asyncio.timeout(within):
            await provider.list_models()
    except (TimeoutError, LLMError):
        return False
    finally:
        await provider.aclose()
    return True
