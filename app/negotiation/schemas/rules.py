"""What the fields of a request owe each other."""

from collections.abc import Callable, Sequence
from itertools import count, pairwise

from pydantic import BaseModel

from app.kit.contradiction import contradiction
from app.kit.money import MAX_AMOUNT, plain

_STEP = 100
_KEPT = 40  # signs of a value to which a number is put


def rising(body: BaseModel, *names: str) -> None:
    """Refuses prices of which one isn't greater than the one before it."""
    for lower, higher in pairwise(names):
        low, high = getattr(body, lower), getattr(body, higher)
        if high <= low:
            issue = f"should be greater than {lower} ({plain(low)}), got {plain(high)}"
            example = min(low + _STEP, MAX_AMOUNT) if low < MAX_AMOUNT else None
            raise contradiction(higher, issue=issue, example=example)


def all_different(
    values: Sequence[str], key: Callable[[str], str], listed: str, field: str
) -> None:
    """Refuses a value that one of `listed` had in its `field` before; those of the same key are
    the same."""
    first: dict[str, int] = {}
    for place, value in enumerate(values):
        before = first.setdefault(key(value), place)
        if before != place:
            issue = f"should differ from {listed}.{before}.{field}, got {value!r}"
            numbered = (f"{value[:_KEPT]} {number}" for number in count(2))
            unused = next(other for other in numbered if key(other) not in first)
            raise contradiction(listed, place, field, issue=issue, example=unused)
