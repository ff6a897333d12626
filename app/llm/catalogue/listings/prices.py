"""Reads prices, whose units differ from vendor to vendor. What is free must say so for certain."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.llm.catalogue.facts import Prices
from app.llm.catalogue.listings.values import amount, record, records

FREE = Prices(Decimal(0), Decimal(0))
_MILLION = 1_000_000
_NO_PRICE = ("discount",)
_WHOLE = ("request", "image")

_PER_MILLION: Mapping[str, tuple[str, str, str]] = {
    "together": ("input", "output", "cached_input"),
    "deepinfra": ("input_tokens", "output_tokens", "cache_read_tokens"),
}
"""By provider: the names of the prices for prompt, answer and cached prompt, per million tokens.
These lists have zeros for what isn't sold by the token, so there a zero is unknown."""


def read_prices(provider: str, row: Mapping[str, Any]) -> tuple[Prices, bool]:
    """What a model costs, and whether that is nothing."""
    pricing = record(row.get("pricing") or record(row.get("metadata")).get("pricing"))
    if "prompt" in pricing or "completion" in pricing:
        return _per_token(pricing)
    if not pricing and str(row.get("id")).endswith(":free"):
        return FREE, True
    if provider in _PER_MILLION:
        return _per_million(pricing, *_PER_MILLION[provider]), False
    return _dearest(records(row.get("providers"))), False


def _per_token(pricing: Mapping[str, Any]) -> tuple[Prices, bool]:
    """As OpenRouter writes them: decimal strings, one for each thing that is charged.

    Unknown as a whole where a part of every call is, or where tokens cost nothing and something
    that isn't counted here does: what is known of it would pass for all that a call costs.
    """
    prices = Prices(
        prompt=amount(pricing.get("prompt")),
        completion=amount(pricing.get("completion")),
        cache_read=amount(pricing.get("input_cache_read")),
        cache_write=amount(pricing.get("input_cache_write")),
        request=amount(pricing.get("request")),
        image=amount(pricing.get("image")),
    )
    charges = (value for key, value in pricing.items() if key not in _NO_PRICE and value)
    free = prices.free and all(amount(value) == 0 for value in charges)
    if any(pricing.get(part) and amount(pricing[part]) is None for part in _WHOLE):
        return Prices(), False
    return (Prices() if prices.free and not free else prices), free


def _per_million(pricing: Mapping[str, Any], prompt: str, answer: str, cached: str) -> Prices:
    def price(name: str) -> Decimal | None:
        return amount(pricing.get(name), per=_MILLION) or None

    return Prices(price(prompt), price(answer), price(cached))


def _dearest(sellers: list[Mapping[str, Any]]) -> Prices:
    """Of the servers behind Hugging Face's router, which chooses among them: a call costs at most
    this. Unknown as soon as one of them doesn't tell."""
    offers = [
        _per_million(record(seller.get("pricing")), "input", "output", "") for seller in sellers
    ]
    prompts = [offer.prompt for offer in offers]
    answers = [offer.completion for offer in offers]
    return Prices(_highest(prompts), _highest(answers))


def _highest(amounts: list[Decimal | None]) -> Decimal | None:
    known = [price for price in amounts if price is not None]
    return max(known) if known and len(known) == len(amounts) else None
