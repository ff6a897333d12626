"""Facts as the tables hold them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.llm import ModelFacts, ModelRef, Prices

Row = dict[str, Any]
"""Columns in types that JSON has: an amount is a string, which keeps it exact."""


def model_row(
    facts: ModelFacts, now: datetime, *, seen: bool, raw: Mapping[str, Any] | None = None
) -> Row:
    """`seen` says that a listing has it."""
    return {
        "provider": facts.ref.provider,
        "model": facts.ref.model,
        "name": facts.name,
        "context_length": facts.context_length,
        "max_output": facts.max_output,
        "input_modalities": sorted(facts.input_modalities),
        "output_modalities": sorted(facts.output_modalities),
        "parameters": sorted(facts.parameters),
        "free": facts.free,
        "loaded": facts.loaded,
        "source": facts.source,
        "raw": raw or {},
        "first_seen": now,
        "last_seen": now if seen else None,
        "retired_at": None,
    }


def price_row(ref: ModelRef, prices: Prices, valid_from: datetime) -> Row:
    return {
        "provider": ref.provider,
        "model": ref.model,
        "valid_from": valid_from,
        "valid_until": None,
        "prompt": _text(prices.prompt),
        "completion": _text(prices.completion),
        "cache_read": _text(prices.cache_read),
        "cache_write": _text(prices.cache_write),
        "request": _text(prices.request),
        "image": _text(prices.image),
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
