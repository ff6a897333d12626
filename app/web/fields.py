"""How values that every slice has are written in answers."""

from datetime import datetime
from typing import Annotated

from pydantic import PlainSerializer

from app.kit.clock import iso_z

Timestamp = Annotated[datetime, PlainSerializer(iso_z, return_type=str)]
"""UTC, ISO 8601, with `Z`."""
