"""What models can do beyond text in, text out, told from their facts."""

from enum import StrEnum

from app.llm.catalogue.facts import ModelFacts


class Capability(StrEnum):
    TOOLS = "tools"
    VISION = "vision"
    JSON = "json"
    EMBEDDINGS = "embeddings"
    REASONING = "reasoning"


PARAMETERS: dict[Capability, frozenset[str]] = {
    Capability.TOOLS: frozenset({"tools"}),
    Capability.JSON: frozenset({"response_format", "structured_outputs"}),
    Capability.REASONING: frozenset({"reasoning", "include_reasoning", "reasoning_effort"}),
}
"""A model that takes one of these has the capability."""
INPUTS = {Capability.VISION: "image"}
OUTPUTS = {Capability.EMBEDDINGS: "embeddings"}


def capabilities(facts: ModelFacts) -> frozenset[Capability]:
    """Those that are known. A model that tells nothing may have more."""
    return frozenset(
        [each for each, taken in PARAMETERS.items() if taken & facts.parameters]
        + [each for each, kind in INPUTS.items() if kind in facts.input_modalities]
        + [each for each, kind in OUTPUTS.items() if kind in facts.output_modalities]
    )


def chats(facts: ModelFacts) -> bool:
    """Whether it takes text and answers in text alone."""
    return "text" in facts.input_modalities and facts.output_modalities == {"text"}
