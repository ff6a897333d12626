"""How moments and amounts are written in answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from app.kit.clock import iso_z
from app.kit.money import number

Timestamp = Annotated[datetime, PlainSerializer(iso_z, return_type=str)]
"""UTC, ISO 8601, with `Z`."""
Usd = Annotated[Decimal, PlainSerializer(number, return_type=float)]
"""A JSON number, as in the events of a stream."""
