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
