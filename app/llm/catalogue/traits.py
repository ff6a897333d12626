"""Facts about model families, as data."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from app.llm.messages import ModelRef


class OutputWay(StrEnum):
    """How a model is made to answer with one JSON object."""

    RESPONSE_FORMAT = "response_format"
    TOOL_CALL = "tool_call"
    FENCED = "fenced"


@dataclass(frozen=True, slots=True)
class Traits:
    """`output_ways` in the order of trust: where a vendor refuses one, the next is taken.

    `renamed` has pairs: a field of the OpenAI wire, and what this model calls it. `refused` are
    fields that it answers 400 to. `cache_from` is the number of prompt tokens from which a prompt
    is marked for the vendor's cache; None where no marks are needed, or none are understood.
    """

    output_ways: tuple[OutputWay, ...] = tuple(OutputWay)
    renamed: tuple[tuple[str, str], ...] = ()
    refused: frozenset[str] = frozenset()
    cache_from: int | None = None


_NO_FORCED_TOOL = Traits(output_ways=(OutputWay.RESPONSE_FORMAT, OutputWay.FENCED))
_TOOL_FIRST = Traits(output_ways=(OutputWay.TOOL_CALL, OutputWay.FENCED))
_OPENAI_REASONING = Traits(
    renamed=(("max_tokens", "max_completion_tokens"),),
    refused=frozenset({"temperature", "top_p", "stop"}),
)

TRAITS: tuple[tuple[str, Traits], ...] = (
    # OpenAI's reasoning models answer 400 to `max_tokens` and to any temperature but 1.
    ("openai:gpt-5-chat*", Traits()),
    ("openai:gpt-5*", _OPENAI_REASONING),
    ("openai:o[134]*", _OPENAI_REASONING),
    # Claude 3 and 3.5 know no `response_format`, OpenRouter would drop it silently.
    ("openrouter:anthropic/claude-3*", _TOOL_FIRST),
    # Ollama takes tools but no `tool_choice`: whether the tool gets called is up to the model.
    ("ollama:*", _NO_FORCED_TOOL),
)
"""`provider:model` patterns (shell style) and what is true of them; the first match counts."""

_DEFAULT = Traits()


def traits_of(model: ModelRef) -> Traits:
    name = str(model).lower()
    return next((traits for pattern, traits in TRAITS if fnmatchcase(name, pattern)), _DEFAULT)
