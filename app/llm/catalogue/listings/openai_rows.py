"""Reads the rows of `GET /models`: OpenRouter tells much, OpenAI next to nothing, and the others
something in between, each under names of its own. Whatever is there is taken."""

from collections.abc import Mapping
from typing import Any

from app.llm.catalogue.facts import ModelFacts
from app.llm.catalogue.listings import kinds
from app.llm.catalogue.listings.offer import Listing, NotOffered, Offer, leftovers, read
from app.llm.catalogue.listings.prices import read_prices
from app.llm.catalogue.listings.values import record, records, tokens, word, words
from app.llm.messages import ModelRef

_KNOWN = frozenset(
    {"id", "object", "name", "display_name", "context_length", "pricing", "supported_parameters"}
)
_IMAGE = frozenset({"image"})
_TOOLS = frozenset({"tools", "tool_choice"})
_JSON = frozenset({"response_format"})
_REASONING = frozenset({"reasoning"})


def read_models(provider: str, payload: object) -> Listing:
    """The models in the answer to `GET /models`, or in a bare list of rows."""
    rows = payload if isinstance(payload, list) else record(payload).get("data")
    if rows is None:
        rows = record(payload).get("models")
    return read(rows, lambda row: read_model(provider, row))


def read_model(provider: str, row: Mapping[str, Any]) -> Offer:
    """Raises `ValueError` when the row has no usable id, `NotOffered` when it can't be called."""
    model = word(row.get("id") or row.get("name"))
    if not model:
        raise ValueError("a row without an id")
    if row.get("active") is False or row.get("archived") is True:
        raise NotOffered
    metadata, top = record(row.get("metadata")), record(row.get("top_provider"))
    prices, free = read_prices(provider, row)
    facts = ModelFacts(
        ref=ModelRef(provider, model),
        name=word(row.get("name")) or word(row.get("display_name")),
        context_length=tokens(
            row.get("context_length"),
            row.get("context_window"),
            row.get("max_context_length"),
            row.get("max_model_len"),
            metadata.get("context_length"),
            top.get("context_length"),
            _widest(records(row.get("providers"))),
        ),
        max_output=tokens(
            top.get("max_completion_tokens"),
            row.get("max_completion_tokens"),
            row.get("max_output_tokens"),
            metadata.get("max_tokens"),
        ),
        input_modalities=_inputs(model, row),
        output_modalities=_outputs(model, row),
        parameters=_parameters(row),
        prices=prices,
        free=free,
    )
    return Offer(facts, leftovers(row, _KNOWN))


def _widest(servers: list[Mapping[str, Any]]) -> int | None:
    """Of the servers behind Hugging Face's router."""
    return max((tokens(server.get("context_length")) or 0 for server in servers), default=0) or None


def _inputs(model: str, row: Mapping[str, Any]) -> frozenset[str]:
    architecture = record(row.get("architecture"))
    told = words(architecture.get("input_modalities")) or _side(architecture, 0)
    if told:
        return told
    sees = (
        row.get("supports_image_input") is True
        or record(row.get("capabilities")).get("vision") is True
        or "vision" in words(record(row.get("metadata")).get("tags"))
    )
    return kinds.inputs(model) | (_IMAGE if sees else frozenset())


def _outputs(model: str, row: Mapping[str, Any]) -> frozenset[str]:
    architecture = record(row.get("architecture"))
    told = words(architecture.get("output_modalities")) or _side(architecture, 1)
    return told or kinds.outputs(model, word(row.get("type")))


def _side(architecture: Mapping[str, Any], side: int) -> frozenset[str]:
    """Of `text+image->text`."""
    sides = word(architecture.get("modality")).split("->")
    return words(sides[side].split("+")) if len(sides) == 2 else frozenset()


def _parameters(row: Mapping[str, Any]) -> frozenset[str]:
    told = words(row.get("supported_parameters"))
    if told:
        return told
    sources = [row, record(row.get("capabilities")), *records(row.get("providers"))]
    says = {key for source in sources for key, value in source.items() if value is True}
    found: frozenset[str] = frozenset()
    if says & {"function_calling", "supports_tools"}:
        found |= _TOOLS
    if "supports_structured_output" in says:
        found |= _JSON
    if "reasoning" in says:
        found |= _REASONING
    return found
