"""Kinds of fields in what the catalogue answers."""

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer


def _plain(amount: Decimal) -> str:
    """`0.00000015`: no exponent, no needless zeros."""
    return f"{amount.normalize():f}"


Price = Annotated[Decimal, PlainSerializer(_plain, return_type=str)]
"""USD, a plain decimal string."""
