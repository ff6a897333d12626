"""How amounts and moments are written in answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from app.kit.clock import iso_z


def _exact(amount: Decimal) -> str:
    """`0.00042`: every digit, no exponent, no needless zeros."""
    whole = f"{amount:f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


Timestamp = Annotated[datetime, PlainSerializer(iso_z, return_type=str)]
"""UTC, ISO 8601, with `Z`."""
Usd = Annotated[Decimal, PlainSerializer(_exact, return_type=str)]
"""A decimal string, exact: costs go down to fractions of a millionth of a dollar."""
