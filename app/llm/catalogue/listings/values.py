"""Takes values out of what a vendor sent: what isn't of the kind it should be is unknown."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

_MOST_TOKENS = 2**31 - 1
_MOST_WORDS = 200
_DEAREST = Decimal(1000)  # USD per token or request: beyond it, a unit was misunderstood
_FINEST = -18  # decimals of a dollar


def record(value: object) -> Mapping[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def word(value: object, most: int = 200) -> str:
    """A text on one line that the database can hold; empty when it isn't one."""
    text = value.strip() if isinstance(value, str) else ""
    return text if len(text) <= most and text.isprintable() else ""


def words(value: object) -> frozenset[str]:
    found = value[:_MOST_WORDS] if isinstance(value, list) else []
    return frozenset(text for item in found if (text := word(item, 100)))


def tokens(*values: object) -> int | None:
    """The first of `values` that is a number of tokens."""
    return next((count for value in values if (count := _tokens(value)) is not None), None)


def _tokens(value: object) -> int | None:
    number = _decimal(value)
    if number is None or not 1 <= number <= _MOST_TOKENS or number != int(number):
        return None
    return int(number)


def amount(value: object, *, per: int = 1) -> Decimal | None:
    """USD for one, where `value` is USD for `per` of them. Vendors write −1 for unknown."""
    number = _decimal(value)
    if number is None or number < 0:
        return None
    single = number / per
    exact = not single or single.adjusted() >= _FINEST
    return single if exact and single <= _DEAREST else None


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value)[:100])
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
