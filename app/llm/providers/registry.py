"""The providers this service knows, as data: a row is all it takes to add one that speaks the
OpenAI wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """`remedy` says what to do when nothing answers at the address, `unknown_model` when a
    model isn't there.

    `headers` go with every request. `stream_usage` says that a stream reports its tokens when
    asked to by `stream_options`. `renamed` has pairs: a field of the OpenAI wire, and what the
    vendor calls it; `refused` are fields for which it would refuse the whole request.
    `output_fields` go with requests for structured output, `embedding_fields` with those for
    vectors.
    """

    name: str
    title: str
    base_url: str
    needs_key: bool
    remedy: str
    wire: Literal["openai", "anthropic", "gemini"] = "openai"
    unknown_model: str = "check the model's name"
    headers: Mapping[str, str] = field(default_factory=dict)
    stream_usage: bool = True
    renamed: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, ...] = ()
    output_fields: Mapping[str, Any] = field(default_factory=dict)
    embedding_fields: Mapping[str, Any] = field(default_factory=dict)

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
    ProviderRow(
        name="anthropic",
        title="Anthropic",
        base_url="https://api.anthropic.com",
        needs_key=True,
        remedy="check the network, or ANTHROPIC_BASE_URL if you set it",
        wire="anthropic",
    ),
    ProviderRow(
        name="gemini",
        title="Gemini",
        base_url="https://generativelanguage.googleapis.com",
        needs_key=True,
        remedy="check the network, or GEMINI_BASE_URL if you set it",
        wire="gemini",
    ),
    ProviderRow(
        name="groq",
        title="Groq",
        base_url="https://api.groq.com/openai/v1",
        needs_key=True,
        remedy="check the network, or GROQ_BASE_URL if you set it",
    ),
    ProviderRow(
        name="mistral",
        title="Mistral",
        base_url="https://api.mistral.ai/v1",
        needs_key=True,
        remedy="check the network, or MISTRAL_BASE_URL if you set it",
    ),
    ProviderRow(
        name="deepseek",
        title="DeepSeek",
        base_url="https://api.deepseek.com/v1",
        needs_key=True,
        remedy="check the network, or DEEPSEEK_BASE_URL if you set it",
    ),
    ProviderRow(
        name="together",
        title="Together",
        base_url="https://api.together.xyz/v1",
        needs_key=True,
        remedy="check the network, or TOGETHER_BASE_URL if you set it",
    ),
    ProviderRow(
        name="fireworks",
        title="Fireworks",
        base_url="https://api.fireworks.ai/inference/v1",
        needs_key=True,
        remedy="check the network, or FIREWORKS_BASE_URL if you set it",
    ),
    ProviderRow(
        name="cerebras",
        title="Cerebras",
        base_url="https://api.cerebras.ai/v1",
        needs_key=True,
        remedy="check the network, or CEREBRAS_BASE_URL if you set it",
    ),
    ProviderRow(
        name="xai",
        title="xAI",
        base_url="https://api.x.ai/v1",
        needs_key=True,
        remedy="check the network, or XAI_BASE_URL if you set it",
    ),
    ProviderRow(
        name="cohere",
        title="Cohere",
        base_url="https://api.cohere.ai/compatibility/v1",
        needs_key=True,
        remedy="check the network, or COHERE_BASE_URL if you set it",
    ),
    ProviderRow(
        name="perplexity",
        title="Perplexity",
        base_url="https://api.perplexity.ai",
        needs_key=True,
        remedy="check the network, or PERPLEXITY_BASE_URL if you set it",
    ),
    ProviderRow(
        name="nvidia",
        title="NVIDIA NIM",
        base_url="https://integrate.api.nvidia.com/v1",
        needs_key=True,
        remedy="check the network, or NVIDIA_BASE_URL if you set it",
    ),
    ProviderRow(
        name="deepinfra",
        title="DeepInfra",
        base_url="https://api.deepinfra.com/v1/openai",
        needs_key=True,
        remedy="check the network, or DEEPINFRA_BASE_URL if you set it",
    ),
    ProviderRow(
        name="sambanova",
        title="SambaNova",
        base_url="https://api.sambanova.ai/v1",
        needs_key=True,
        remedy="check the network, or SAMBANOVA_BASE_URL if you set it",
    ),
    ProviderRow(
        name="huggingface",
        title="Hugging Face",
        base_url="https://router.huggingface.co/v1",
        needs_key=True,
        remedy="check the network, or HUGGINGFACE_BASE_URL if you set it",
    ),
)

PROVIDERS: Mapping[str, ProviderRow] = MappingProxyType({row.name: row for row in _ROWS})
"""By name, in the order in which a default is looked for."""
