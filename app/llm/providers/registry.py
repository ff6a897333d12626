"""The providers this service knows, as data: a row is all it takes to add one that speaks the
OpenAI wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """`remedy` says what to do when nothing answers at the address, `unknown_model` when a
    model isn't there.

    `headers` go with every request. `stream_usage` says that a stream reports its tokens when
    asked to by `stream_options`.
    """

    name: str
    title: str
    base_url: str
    needs_key: bool
    remedy: str
    unknown_model: str = "check the model's name"
    headers: Mapping[str, str] = field(default_factory=dict)
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
        headers={"HTTP-Referer": "http://localhost:8000", "X-OpenRouter-Title": "Parley"},
    ),
    ProviderRow(
        name="lm_studio",
        title="LM Studio",
        base_url="http://localhost:1234/v1",
        needs_key=False,
        remedy="start LM Studio's server (Developer tab, or `lms server start`)",
        unknown_model="load the model in LM Studio (or `lms load`)",
    ),
    ProviderRow(
        name="ollama",
        title="Ollama",
        base_url="http://localhost:11434/v1",
        needs_key=False,
        remedy="start Ollama (`ollama serve`)",
        unknown_model="fetch the model (`ollama pull`)",
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
