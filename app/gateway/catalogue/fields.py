"""Kinds of fields in what the catalogue answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from app.kit.clock import iso_z


def _plain(amount: Decimal) -> str:
    """`0.00000015`: no exponent, no needless zeros."""
    return f"{amount.normalize():f}"


Timestamp = Annotated[datetime, PlainSerializer(iso_z, return_type=str)]
"""UTC, ISO 8601, with `Z`."""
Price = Annotated[Decimal, PlainSerializer(_plain, return_type=str)]
"""USD, a plain decimal string."""
