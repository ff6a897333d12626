"""How long a model may keep a caller waiting."""

from dataclasses import fields

from app.kit.frozen import frozen


@frozen
class Timeouts:
    """Seconds, each counted for one attempt.

    `connect` includes finding the address. `first_token` runs from the request to the first thing
    the model says, `idle` from one to the next; neither is held up by comments or empty chunks.
    `total` bounds the whole attempt.

    >>> Timeouts(first_token=60)
    Timeouts(connect=5, first_token=60, idle=30, total=120)
    """

    connect: float = 5
    first_token: float = 30
    idle: float = 30
    total: float = 120

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ValueError(f"the {field.name} time-out should be above 0 seconds")

    @property
    def whole(self) -> float:
        """For an answer that isn't streamed: its first token comes with its last."""
        return min(self.total, 4 * self.first_token)
