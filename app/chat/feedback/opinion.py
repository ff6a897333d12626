"""What somebody thinks of an answer."""

from dataclasses import dataclass
from enum import StrEnum


class Thumb(StrEnum):
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Opinion:
    """At least one of the three; `rating` is 1 to 5."""

    thumb: Thumb | None = None
    rating: int | None = None
    text: str | None = None
