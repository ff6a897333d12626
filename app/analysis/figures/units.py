"""What a figure is measured in."""

from decimal import Decimal
from enum import StrEnum

_SHARES = frozenset({"efficiency", "conceded", "time"})
_ROUNDS = frozenset({"round", "rounds", "max_rounds"})


class Unit(StrEnum):
    USD = "usd"
    SHARE = "share"
    COUNT = "count"
    ROUND = "round"
    RATIO = "ratio"
    SECONDS = "seconds"


def unit_of(name: str, value: Decimal | float) -> Unit | None:
    """By the name of a field of the figures; None for what only names something, an event."""
    if name.endswith("event_id"):
        return None
    if name in _ROUNDS:
        return Unit.ROUND
    if name == "beta":
        return Unit.RATIO
    if name in _SHARES or name.endswith(("share", "part")):
        return Unit.SHARE
    if isinstance(value, Decimal):
        return Unit.USD
    return Unit.COUNT if isinstance(value, int) else Unit.SECONDS
