"""A provider's list, read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

from app.kit import json
from app.kit.frozen import frozen
from app.llm.catalogue.facts import ModelFacts

MOST_ROWS = 20_000
_MOST_BYTES = 8192
_LONG = 500


@frozen
class Offer:
    """A model of the list. `raw` is what its row says beyond the facts, in JSON's types."""

    facts: ModelFacts
    raw: Mapping[str, Any] = field(default_factory=dict)


@frozen
class Listing:
    """`skipped` counts the rows that no model could be made of."""

    offers: tuple[Offer, ...]
    skipped: int = 0


class NotOffered(Exception):
    """A sound row of a model that can't be called."""


def read(rows: object, reader: Callable[[Mapping[str, Any]], Offer]) -> Listing:
    """Each of `rows` by `reader`, the first of every id. A row that it can't read is skipped, and
    never costs the others."""
    offers: dict[str, Offer] = {}
    skipped = 0
    for row in rows[:MOST_ROWS] if isinstance(rows, list) else []:
        try:
            offer = reader(row)
        except NotOffered:
            continue
        except (ValueError, TypeError, AttributeError, KeyError, ArithmeticError):
            skipped += 1
            continue
        offers.setdefault(offer.facts.ref.model, offer)
    return Listing(tuple(offers.values()), skipped)


def of_facts(facts: Iterable[ModelFacts]) -> Listing:
    """The list of a provider that tells facts by itself, without what it calls retired."""
    return Listing(tuple(Offer(each) for each in facts if not each.retired))


def leftovers(row: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """`row` without the `known` keys and the end of long texts; nothing of one that is huge."""
    left = {key: _short(value) for key, value in row.items() if key not in known}
    text = json.dumps(left)
    return {} if len(text) > _MOST_BYTES or b"\\u0000" in text else left


def _short(value: object) -> object:
    return f"{value[:_LONG]}…" if isinstance(value, str) and len(value) > _LONG else value
