"""What somebody thinks of an answer."""

from enum import StrEnum

from app.kit.frozen import frozen


class Thumb(StrEnum):
    UP = "up"
    DOWN = "down"


@frozen
class Opinion:
    """At least one of the three; `rating` is 1 to 5."""

    thumb: Thumb | None = None
    rating: int | None = None
    text: str | None = None
