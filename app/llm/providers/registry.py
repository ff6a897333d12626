"""The providers this service knows, as data: a row is all it takes to add one that speaks the
OpenAI wire.

What a row says of its vendor is from the vendor's documentation, or from what the maintainers of
other clients found out; none of it was tried against the vendors themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Literal

from app.kit.frozen import frozen

_ABSENT = re.compile(
    r"no models? (is |are )?loaded|model.{0,120}(not found|not loaded|does ?n[o']t exist|unloaded)",
    re.IGNORECASE | re.DOTALL,
)


@frozen
class ProviderRow:
    """`remedy` says what to do when nothing answers at the address, `unknown_model` when a model
    isn't there; `{model}` stands for its name. Without a `base_url` there is no usual address.

    `headers` go with every request. `stream_usage` says that a stream may be asked for its tokens
    by `stream_options`; those who refuse that count without being asked. `renamed` has pairs: a
    field of the OpenAI wire, and what the vendor calls it. `refused` are fields that the vendor
    answers with an error and that change nothing in the answer; `refused_in_messages` likewise.
    `short_tool_ids` says that a tool call's id must be nine letters or digits. `output_fields` go
    with requests for structured output. `takes_models` says that several models may be asked at
    once, written `a|b`, of which the vendor takes the first that answers. `several` says that a
    prompt may be given several answers (`n`), where others give one and say nothing. `settles`
    says that what an answer cost can be asked for afterwards, by the id it came with.

    `listing` is the path of the list of models, None where there is none: then `models` are those
    known. `tells_json` says that the list says which of them answer in JSON. `embeds` says that
    there is `POST /embeddings`. `loading_timeout` is how many seconds a model that isn't in memory
    yet may take to its first token, None where all are always there. `variable` begins the names of
    its settings, where that isn't its own name.
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
    refused_in_messages: tuple[str, ...] = ()
    short_tool_ids: bool = False
    output_fields: Mapping[str, Any] = field(default_factory=dict)
    takes_models: bool = False
    several: bool = True
    settles: bool = False
    listing: str | None = "models"
    models: tuple[str, ...] = ()
    tells_json: bool = False
    embeds: bool = True
    loading_timeout: float | None = None
    variable: str = ""

    @classmethod
    def custom(cls, name: str) -> "ProviderRow":
        """A server of one's own, from `CUSTOM_<NAME>_BASE_URL`: `my_vllm` is titled My Vllm."""
        variable = f"CUSTOM_{name.upper()}"
        return cls(
            name=name,
            title=name.replace("_", " ").title(),
            base_url="",
            needs_key=False,
            remedy=f"check {variable}_BASE_URL, and that its server runs",
            variable=variable,
        )

    @property
    def key_variable(self) -> str:
        return f"{self.variable or self.name.upper()}_API_KEY"

    @property
    def url_variable(self) -> str:
        return f"{self.variable or self.name.upper()}_BASE_URL"

    def says_absent(self, message: str) -> bool:
        """Whether an error that isn't a 404 is about a model that isn't there."""
        return _ABSENT.search(message) is not None


def _hosted(name: str, title: str, base_url: str, **quirks: Any) -> ProviderRow:
    """Somebody's service, at the same address for everybody."""
    remedy = f"check the network, or {name.upper()}_BASE_URL if you set it"
    return ProviderRow(name, title, base_url, needs_key=True, remedy=remedy, **quirks)


_MAX_TOKENS = (("max_completion_tokens", "max_tokens"),)
"""For those who know the older of OpenAI's two names for it alone."""

_BOOKKEEPING = ("user", "store", "service_tier", "prompt_cache_key", "safety_identifier")
"""What OpenAI's clients send for OpenAI's own books."""

_REASONING = ("reasoning", "reasoning_content", "reasoning_details")
"""What other vendors' answers hold, and come back with in the next request's history."""

_ROWS = (
    _hosted(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        headers={"HTTP-Referer": "http://localhost:8000", "X-OpenRouter-Title": "Parley"},
        # Else a vendor that doesn't know `response_format` would be taken, and drop it silently.
        output_fields={"provider": {"require_parameters": True}},
        takes_models=True,
        settles=True,
        tells_json=True,
    ),
    ProviderRow(
        name="lm_studio",
        title="LM Studio",
        base_url="http://localhost:1234/v1",
        needs_key=False,
        remedy="start LM Studio's server (Developer tab, or `lms server start`)",
        unknown_model="load the model in LM Studio, or by `lms load {model}`",
        renamed=_MAX_TOKENS,
        loading_timeout=180,
    ),
    ProviderRow(
        name="ollama",
        title="Ollama",
        base_url="http://localhost:11434/v1",
        needs_key=False,
        remedy="start Ollama (`ollama serve`)",
        unknown_model="fetch the model by `ollama pull {model}`",
        renamed=_MAX_TOKENS,
        several=False,
        loading_timeout=180,
    ),
    _hosted("openai", "OpenAI", "https://api.openai.com/v1"),
    _hosted(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com",
        wire="anthropic",
        several=False,
        tells_json=True,
        embeds=False,
    ),
    _hosted(
        "gemini",
        "Gemini",
        "https://generativelanguage.googleapis.com",
        wire="gemini",
        several=False,
        tells_json=True,
        embeds=True,
    ),
    _hosted(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        # Groq also answers 400 to `logprobs`, `logit_bias` and `n` above 1: those are asked for.
        refused_in_messages=("name",),
        embeds=False,
    ),
    _hosted(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        # Unknown fields are a 422 here, `stream_options` too; the last chunk counts anyhow.
        stream_usage=False,
        renamed=(*_MAX_TOKENS, ("seed", "random_seed")),
        refused=_BOOKKEEPING,
        refused_in_messages=("name", "refusal", "annotations", "audio", *_REASONING),
        short_tool_ids=True,
    ),
    _hosted(
        "deepseek", "DeepSeek", "https://api.deepseek.com/v1", renamed=_MAX_TOKENS, embeds=False
    ),
    _hosted("together", "Together", "https://api.together.xyz/v1", renamed=_MAX_TOKENS),
    _hosted("fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1", renamed=_MAX_TOKENS),
    _hosted(
        "cerebras",
        "Cerebras",
        "https://api.cerebras.ai/v1",
        refused=("service_tier", "prompt_cache_key", "parallel_tool_calls"),
        embeds=False,
    ),
    _hosted("xai", "xAI", "https://api.x.ai/v1", refused_in_messages=("name",), embeds=False),
    _hosted(
        "cohere",
        "Cohere",
        "https://api.cohere.ai/compatibility/v1",
        renamed=_MAX_TOKENS,
        refused=(*_BOOKKEEPING, "metadata", "parallel_tool_calls"),
    ),
    _hosted(
        "perplexity",
        "Perplexity",
        "https://api.perplexity.ai",
        renamed=_MAX_TOKENS,
        refused=(*_BOOKKEEPING, "parallel_tool_calls"),
        listing=None,
        models=("sonar", "sonar-pro", "sonar-reasoning-pro", "sonar-deep-research"),
        embeds=False,
    ),
    _hosted("nvidia", "NVIDIA NIM", "https://integrate.api.nvidia.com/v1", renamed=_MAX_TOKENS),
    _hosted("deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai", renamed=_MAX_TOKENS),
    _hosted("sambanova", "SambaNova", "https://api.sambanova.ai/v1", renamed=_MAX_TOKENS),
    _hosted(
        "huggingface",
        "Hugging Face",
        "https://router.huggingface.co/v1",
        renamed=_MAX_TOKENS,
        tells_json=True,
        embeds=False,
    ),
)

PROVIDERS: Mapping[str, ProviderRow] = MappingProxyType({row.name: row for row in _ROWS})
"""By name, in the order in which a default is looked for."""
