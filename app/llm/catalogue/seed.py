"""The models that are known before any provider was asked: data that discovery corrects."""

from dataclasses import replace
from importlib.resources import files

from app.kit import json
from app.llm.catalogue.facts import ModelFacts
from app.llm.catalogue.listings.openai_rows import read_models


def seed() -> tuple[ModelFacts, ...]:
    """From `seed.json`, whose rows have the form of a provider's own list."""
    text = files(__package__).joinpath("seed.json").read_text("utf-8")
    return tuple(
        replace(offer.facts, source="seed")
        for provider, rows in json.loads(text).items()
        for offer in read_models(provider, rows).offers
    )


def completed(facts: ModelFacts, known: ModelFacts | None) -> ModelFacts:
    """`facts` with what a short listing leaves out and the seed knows."""
    if known is None:
        return facts
    return replace(
        facts,
        name=facts.name or known.name,
        context_length=facts.context_length or known.context_length,
        max_output=facts.max_output or known.max_output,
        parameters=facts.parameters or known.parameters,
    )
