"""What the router decided for one call: which models are tried, and in which order."""

from enum import StrEnum

from app.kit.frozen import frozen
from app.llm.catalogue.facts import ModelFacts
from app.llm.messages import ModelRef


class Source(StrEnum):
    """How a model came to be listed; the earlier ones go first."""

    COMPLEX = "complex"
    ASKED = "asked"
    PROFILE = "profile"
    CHAIN = "chain"
    DEFAULT = "default"
    BEYOND = "beyond"


@frozen
class Candidate:
    """A model that may be tried, with what the catalogue knows of it."""

    ref: ModelRef
    facts: ModelFacts | None = None
    source: Source = Source.ASKED


@frozen
class Plan:
    """`free_only` says that nothing may be spent: the candidates are free, and where all of them
    have used up what they may, there is nothing to do but to wait. `first_choice` would be asked
    first if every model were well."""

    candidates: tuple[Candidate, ...]
    free_only: bool = False
    first_choice: Candidate | None = None
