"""What models can do beyond text in, text out, told from their facts."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.llm.catalogue.facts import ModelFacts


class Capability(StrEnum):
    TOOLS = "tools"
    VISION = "vision"
    JSON = "json"
    EMBEDDINGS = "embeddings"
    REASONING = "reasoning"


EVIDENCE: Mapping[Capability, tuple[str, frozenset[str]]] = MappingProxyType(
    {
        Capability.TOOLS: ("parameters", frozenset({"tools"})),
        Capability.VISION: ("input_modalities", frozenset({"image"})),
        Capability.JSON: ("parameters", frozenset({"response_format", "structured_outputs"})),
        Capability.EMBEDDINGS: ("output_modalities", frozenset({"embeddings"})),
        Capability.REASONING: (
            "parameters",
            frozenset({"reasoning", "include_reasoning", "reasoning_effort"}),
        ),
    }
)
"""The field of the facts that tells, and the words of which one is enough."""


def capabilities(facts: ModelFacts) -> frozenset[Capability]:
    """Those that are known. A model that tells nothing may have more."""
    return frozenset(
        capability
        for capability, (field, any_of) in EVIDENCE.items()
        if any_of & getattr(facts, field)
    )


def chats(facts: ModelFacts) -> bool:
    """Whether it takes text and answers in text alone."""
    return "text" in facts.input_modalities and facts.output_modalities == {"text"}
