"""The one place where ids are made."""

from secrets import randbits
from uuid import UUID, uuid4


def new_id() -> UUID:
    """A random id (UUID version 4): it tells nothing about when or where it was made."""
    return uuid4()


def new_seed() -> int:
    """A random seed, small enough for a JSON number to hold it exactly."""
    return randbits(53)
