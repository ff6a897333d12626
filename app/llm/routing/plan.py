"""What the router decided for one call: which models are tried, and in which order."""

from dataclasses import dataclass

from app.llm.catalogue.facts import ModelFacts
from app.llm.messages import ModelRef


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may be tried, with what the catalogue knows of it."""

    ref: ModelRef
    facts: ModelFacts | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    candidates: tuple[Candidate, ...]
