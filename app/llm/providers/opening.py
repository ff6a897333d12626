"""Opens the providers that can be reached."""

from collections.abc import Callable, Iterator, Mapping

from app.llm.model import Provider
from app.llm.providers._openai_wire import OpenAIProvider
from app.llm.providers.anthropic import AnthropicProvider
from app.llm.providers.connection import Connection
from app.llm.providers.gemini import GeminiProvider
from app.llm.providers.lm_studio import LMStudio
from app.llm.providers.ollama import Ollama
from app.llm.providers.openrouter import OpenRouter
from app.llm.providers.registry import PROVIDERS, ProviderRow
from app.llm.timeouts import Timeouts

Opened = Callable[[ProviderRow, Connection, Timeouts], Provider]

_BY_NAME: Mapping[str, Opened] = {
    "openrouter": OpenRouter,
    "lm_studio": LMStudio,
    "ollama": Ollama,
}
"""Those that have more to tell than the rest of their wire."""

_BY_WIRE: Mapping[str, Opened] = {
    "openai": OpenAIProvider,
    "anthropic": AnthropicProvider,
    "gemini": GeminiProvider,
}


def open_providers(
    connections: Mapping[str, Connection], custom: Mapping[str, Connection], timeouts: Timeouts
) -> dict[str, Provider]:
    """By name, in the registry's order, and then those of one's own. Nothing is connected yet."""
    return {
        row.name: _opened(row)(row, connection, timeouts)
        for row, connection in _rows(connections, custom)
        if connection.reaches(row)
    }


def _rows(
    connections: Mapping[str, Connection], custom: Mapping[str, Connection]
) -> Iterator[tuple[ProviderRow, Connection]]:
    for name, row in PROVIDERS.items():
        if name in connections:
            yield row, connections[name]
    for name, connection in custom.items():
        yield ProviderRow.custom(name), connection


def _opened(row: ProviderRow) -> Opened:
    return _BY_NAME.get(row.name) or _BY_WIRE.get(row.wire, OpenAIProvider)
