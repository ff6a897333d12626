"""Facts about model families, as data."""

from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from app.kit.frozen import frozen
from app.llm.messages import ModelRef


class OutputWay(StrEnum):
    """How a model is made to answer with one JSON object."""

    RESPONSE_FORMAT = "response_format"
    TOOL_CALL = "tool_call"
    FENCED = "fenced"


@frozen
class Traits:
    """`output_ways` in the order of trust: where a vendor refuses one, the next is taken.

    `renamed` has pairs: a field of the OpenAI wire, and what this model calls it. `refused` are
    fields that it answers 400 to, left out of our own requests; a caller who sends them is told.
    `cache_from` is the number of prompt tokens from which a prompt
    is marked for the vendor's cache; None where no marks are needed, or none are understood.
    """

    output_ways: tuple[OutputWay, ...] = tuple(OutputWay)
    renamed: tuple[tuple[str, str], ...] = ()
    refused: frozenset[str] = frozenset()
    cache_from: int | None = None


_NO_FORCED_TOOL = Traits(output_ways=(OutputWay.RESPONSE_FORMAT, OutputWay.FENCED))
_TOOL_FIRST = (OutputWay.TOOL_CALL, OutputWay.FENCED)
_OPENAI_REASONING = Traits(
    renamed=(("max_tokens", "max_completion_tokens"),),
    refused=frozenset({"temperature", "top_p", "stop"}),
)
_CLAUDE_CACHE = 1024  # tokens: the least that its smallest models keep is more, and costs no error

TRAITS: tuple[tuple[str, Traits], ...] = (
    # OpenAI's reasoning models answer 400 to `max_tokens` and to any temperature but 1.
    ("openai:gpt-5-chat*", Traits()),
    ("openai:gpt-5*", _OPENAI_REASONING),
    ("openai:o[134]*", _OPENAI_REASONING),
    # Claude 3 and 3.5 know no `response_format`, OpenRouter would drop it silently.
    (
        "openrouter:anthropic/claude-3*",
        Traits(output_ways=_TOOL_FIRST, cache_from=_CLAUDE_CACHE),
    ),
    ("openrouter:anthropic/*", Traits(cache_from=_CLAUDE_CACHE)),
    ("anthropic:claude-3*", Traits(output_ways=_TOOL_FIRST, cache_from=_CLAUDE_CACHE)),
    ("anthropic:*", Traits(cache_from=_CLAUDE_CACHE)),
    # Ollama takes tools but no `tool_choice`: whether the tool gets called is up to the model.
    ("ollama:*", _NO_FORCED_TOOL),
    # These know `tool_choice` as auto or none, or not at all.
    ("cerebras:*", _NO_FORCED_TOOL),
    ("cohere:*", _NO_FORCED_TOOL),
    ("deepinfra:*", _NO_FORCED_TOOL),
    # Perplexity knows no tools.
    (
        "perplexity:*",
        Traits(output_ways=_NO_FORCED_TOOL.output_ways, refused=frozenset({"stop"})),
    ),
    # DeepSeek's `response_format` takes any JSON, but no schema; thinking models can't be made to
    # call a tool.
    ("deepseek:deepseek-reasoner*", Traits(output_ways=(OutputWay.FENCED,))),
    ("deepseek:*", Traits(output_ways=_TOOL_FIRST)),
    # xAI's reasoning models answer 400 to `stop`.
    ("xai:grok-3-mini*", Traits(refused=frozenset({"stop"}))),
    ("xai:grok-4*", Traits(refused=frozenset({"stop"}))),
    ("xai:grok-code*", Traits(refused=frozenset({"stop"}))),
)
"""`provider:model` patterns (shell style) and what is true of them; the first match counts."""

_DEFAULT = Traits()


@lru_cache(maxsize=4096)
def traits_of(model: ModelRef) -> Traits:
    name = str(model).lower()
    return next((traits for pattern, traits in TRAITS if fnmatchcase(name, pattern)), _DEFAULT)
