"""What is known of a way out."""

from datetime import datetime
from typing import Protocol

from app.kit.frozen import frozen


@frozen
class Delivery:
    """How it goes with what leaves for one vendor, since this process began.

    `waiting` are still here, `delivered` are there, `lost` are neither: given up, or dropped for
    want of room. `failed` counts attempts; `last_error` is a code, never a vendor's own words.
    `notes` say, for people, what is set up wrong.
    """

    on: bool
    waiting: int = 0
    delivered: int = 0
    failed: int = 0
    lost: int = 0
    last_error: str | None = None
    last_error_at: datetime | None = None
    last_delivery_at: datetime | None = None
    notes: tuple[str, ...] = ()


OFF = Delivery(on=False)


class ExporterStatus(Protocol):
    def status(self) -> Delivery: ...
