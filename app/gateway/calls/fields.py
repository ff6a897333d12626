"""How amounts are written in answers."""

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer


def _exact(amount: Decimal) -> str:
    """`0.00042`: every digit, no exponent, no needless zeros."""
    whole = f"{amount:f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


Usd = Annotated[Decimal, PlainSerializer(_exact, return_type=str)]
"""A decimal string, exact: costs go down to fractions of a millionth of a dollar."""
