"""Chance that is the same on every machine and in every process: drawn from a key, never kept."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def draw(*key: str | int) -> float:
    """A number in [0, 1), evenly spread over keys."""
    digest = blake2b(repr(key).encode("utf-8", "replace"), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48


def between(low: float, high: float, *key: str | int) -> float:
    """A number in [low, high)."""
    return low + (high - low) * draw(*key)


def pick(options: Sequence[T], *key: str | int) -> T:
    """One of `options`, which may not be empty."""
    return options[int(draw(*key) * len(options))]
