"""The providers this service knows, as data: a row is all it takes to add one that speaks the
OpenAI wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """`remedy` says what to do when nothing answers at the address.

    `headers` go with every request. `stream_usage` says that a stream reports its tokens when
    asked to by `stream_options`.
    """

    name: str
    title: str
    base_url: str
    needs_key: bool
    remedy: str
    headers: Mapping[str, str] = field(default=_NO_HEADERS)
    stream_usage: bool = True

    @property
    def key_variable(self) -> str:
        return f"{self.name.upper()}_API_KEY"

    @property
    def url_variable(self) -> str:
        return f"{self.name.upper()}_BASE_URL"


_ROWS = (
    ProviderRow(
        name="openrouter",
        title="OpenRouter",
        base_url="https://openrouter.ai/api/v1",
        needs_key=True,
        remedy="check the network, or OPENROUTER_BASE_URL if you set it",
        headers=MappingProxyType(
            {"HTTP-Referer": "http://localhost:8000", "X-OpenRouter-Title": "Parley"}
        ),
    ),
    ProviderRow(
        name="lm_studio",
        title="LM Studio",
        base_url="http://localhost:1234/v1",
        needs_key=False,
        remedy="start LM Studio's server (Developer tab, or `lms server start`) and load a model",
    ),
    ProviderRow(
        name="ollama",
        title="Ollama",
        base_url="http://localhost:11434/v1",
        needs_key=False,
        remedy="start Ollama with `ollama serve`",
    ),
    ProviderRow(
        name="openai",
        title="OpenAI",
        base_url="https://api.openai.com/v1",
        needs_key=True,
        remedy="check the network, or OPENAI_BASE_URL if you set it",
    ),
)

PROVIDERS: Mapping[str, ProviderRow] = MappingProxyType({row.name: row for row in _ROWS})
"""By name, in the order in which a default is looked for."""
