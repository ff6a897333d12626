"""The units of figures. Each is an exact `Decimal` inside and a number in JSON."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Literal

from pydantic import PlainSerializer

from app.kit.money import MICRO, number

Side = Literal["buyer", "seller"]
Favoured = Literal["buyer", "seller", "neither"]

ZERO = Decimal(0)

_JSON = PlainSerializer(number, return_type=float)

Usd = Annotated[Decimal, _JSON]
"""Dollars, to a millionth."""

Share = Annotated[Decimal, _JSON]
"""A part of a whole, 0 to 1, to a millionth."""

Ratio = Annotated[Decimal, _JSON]
"""A plain number without a unit."""


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part / whole` to a millionth; None of a whole that isn't there."""
    return (part / whole).quantize(MICRO, rounding=ROUND_HALF_EVEN) if whole > 0 else None
