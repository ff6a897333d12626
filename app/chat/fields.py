"""How amounts are written in answers."""

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from app.kit.money import number

Usd = Annotated[Decimal, PlainSerializer(number, return_type=float)]
"""A JSON number, as in the events of a stream."""
