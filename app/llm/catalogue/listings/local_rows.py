"""Reads what the servers on one's own machine tell of their models, in their own APIs. A call of
them costs nothing; the context is that of the loaded instance, where one is loaded."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.llm.catalogue.facts import TEXT, ModelFacts, Prices
from app.llm.catalogue.listings import kinds
from app.llm.catalogue.listings.offer import Listing, Offer, leftovers, read
from app.llm.catalogue.listings.prices import FREE
from app.llm.catalogue.listings.values import record, records, tokens, word, words
from app.llm.messages import ModelRef

_IMAGE = frozenset({"image"})
_TOOLS = frozenset({"tools", "tool_choice"})
_THINKS = frozenset({"reasoning"})


def lm_studio_v1(provider: str, payload: object) -> Listing | None:
    """`GET /api/v1/models`; None when that isn't what was answered."""
    rows = record(payload).get("models")
    return read(rows, lambda row: _lm_studio(provider, row)) if isinstance(rows, list) else None


def lm_studio_v0(provider: str, payload: object) -> Listing | None:
    """`GET /api/v0/models`, of older versions."""
    rows = record(payload).get("data")
    if not any("state" in row for row in records(rows)):
        return None
    return read(rows, lambda row: _lm_studio_v0(provider, row))


def _lm_studio(provider: str, row: Mapping[str, Any]) -> Offer:
    can = record(row.get("capabilities"))
    instances = records(row.get("loaded_instances"))
    contexts = [tokens(record(each.get("config")).get("context_length")) for each in instances]
    loaded = [context for context in contexts if context is not None]
    return _offer(
        provider,
        word(row.get("key")),
        row,
        name=word(row.get("display_name")),
        context_length=min(loaded, default=None) or tokens(row.get("max_context_length")),
        kind=word(row.get("type")),
        sees=can.get("vision") is True,
        calls_tools=can.get("trained_for_tool_use") is True,
        thinks=bool(can.get("reasoning")),
        loaded=bool(instances),
    )


def _lm_studio_v0(provider: str, row: Mapping[str, Any]) -> Offer:
    return _offer(
        provider,
        word(row.get("id")),
        row,
        context_length=tokens(row.get("loaded_context_length"), row.get("max_context_length")),
        kind=word(row.get("type")),
        sees=row.get("type") == "vlm",
        calls_tools="tool_use" in words(row.get("capabilities")),
        loaded=row.get("state") == "loaded",
    )


def ollama(provider: str, tags: object, running: object) -> Listing | None:
    """`GET /api/tags`, what is installed, with `GET /api/ps`, what of it is loaded."""
    rows = record(tags).get("models")
    if not isinstance(rows, list):
        return None
    loaded = {_ollama_id(row): row for row in records(record(running).get("models"))}
    return read(rows, lambda row: _ollama(provider, row, loaded.get(_ollama_id(row))))


def at_home(listing: Listing) -> Listing:
    """A list of names alone, of models that cost nothing since they run on one's own machine."""
    offers = [
        replace(offer, facts=replace(offer.facts, prices=FREE, free=True))
        for offer in listing.offers
    ]
    return Listing(tuple(offers), listing.skipped)


def _ollama_id(row: Mapping[str, Any]) -> str:
    return word(row.get("model")) or word(row.get("name"))


def _ollama(provider: str, row: Mapping[str, Any], running: Mapping[str, Any] | None) -> Offer:
    can = words(row.get("capabilities"))
    return _offer(
        provider,
        _ollama_id(row),
        row,
        context_length=tokens(record(running).get("context_length")),
        kind="embedding" if "embedding" in can else "",
        sees="vision" in can,
        calls_tools="tools" in can,
        thinks="thinking" in can,
        loaded=running is not None,
        here=not word(row.get("remote_host")),
    )


def _offer(
    provider: str,
    model: str,
    row: Mapping[str, Any],
    *,
    loaded: bool,
    name: str = "",
    context_length: int | None = None,
    kind: str = "",
    sees: bool = False,
    calls_tools: bool = False,
    thinks: bool = False,
    here: bool = True,
) -> Offer:
    """`here` is false for a model that the server only passes on to a cloud, which may charge."""
    if not model:
        raise ValueError("a row without an id")
    facts = ModelFacts(
        ref=ModelRef(provider, model),
        name=name,
        context_length=context_length,
        input_modalities=TEXT | _IMAGE if sees else TEXT,
        output_modalities=kinds.outputs(model, kind),
        parameters=(_TOOLS if calls_tools else frozenset()) | (_THINKS if thinks else frozenset()),
        prices=FREE if here else Prices(),
        free=here,
        loaded=loaded,
    )
    return Offer(facts, leftovers(row, frozenset({"key", "id", "model", "display_name"})))
