"""The one place where ids are made."""

from uuid import UUID, uuid4


def new_id() -> UUID:
    """A random id (UUID version 4): it tells nothing about when or where it was made."""
    return uuid4()
