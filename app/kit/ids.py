"""The one place where ids are made."""

from hashlib import sha256
from os import urandom
from secrets import randbits
from uuid import UUID, uuid4


def new_id() -> UUID:
    """A random id (UUID version 4): it tells nothing about when or where it was made."""
    return uuid4()


def new_text_id() -> str:
    """The same in writing, at a third of the cost."""
    digits = urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def new_seed() -> int:
    """A random seed, small enough for a JSON number to hold it exactly."""
    return randbits(53)


def id_of(*parts: object) -> UUID:
    """The same id for the same parts, always. It looks like a random one (version 4)."""
    written = "\x1f".join(map(str, parts)).encode()
    return UUID(bytes=sha256(written).digest()[:16], version=4)
