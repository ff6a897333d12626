"""Takes out of a trace what nobody else is to read: secrets always, private amounts where asked."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any

from app.telemetry import masked

PRIVATE = "[private]"

_MARKS = ",'_ \u00a0\u2009\u202f"
_NUMBERS = re.compile(
    rf"(?P<id>\b[0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}\b)|\d+(?:[.{_MARKS}]\d+)*",
    re.IGNORECASE,
)
"""Runs of digits, with marks between them: one number, or several side by side. An id is none."""
_MARK = re.compile(r"(\D)")
_UNMARKED = str.maketrans("", "", f".{_MARKS}")
_LONGEST = 6
"""Groups of digits in a number: up to a quadrillion, with cents."""

Redact = Callable[[str], str]


def redaction(private: Collection[Decimal] = ()) -> Redact:
    """Masks what looks like a secret, and each of the `private` amounts in whatever spelling:
    `92`, `92.00`, `$92.0`, `1,092`, `1 092,00`."""
    kept = frozenset(private)
    wholes = tuple({str(int(amount)) for amount in kept})

    def shown(found: re.Match[str]) -> str:
        return found[0] if found["id"] or harmless(found[0]) else _shown(found[0], kept)

    def harmless(number: str) -> bool:
        """At a glance: most are. Digits of other scripts are looked at more closely."""
        digits = number.translate(_UNMARKED)
        return digits.isascii() and not any(whole in digits for whole in wholes)

    def redact(text: str) -> str:
        text = masked(text)
        return _NUMBERS.sub(shown, text) if kept else text

    return redact


def redacted(value: Any, redact: Redact) -> Any:
    """A copy of JSON values with every string in it redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: redacted(item, redact) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item, redact) for item in value]
    return value


def _shown(number: str, private: frozenset[Decimal]) -> str:
    return "".join(_pieces(_MARK.split(number), private))


def _pieces(pieces: Sequence[str], private: frozenset[Decimal]) -> Iterator[str]:
    """`pieces` are groups of digits with the marks between them."""
    start = 0
    while start < len(pieces):
        end = _private_until(pieces, start, private)
        if end is not None:
            yield PRIVATE
        yield from pieces[start if end is None else end : start + 2 if end is None else end + 1]
        start = start + 2 if end is None else end + 1


def _private_until(pieces: Sequence[str], start: int, private: frozenset[Decimal]) -> int | None:
    """Behind the longest private amount that begins at `start`; None where none does."""
    if start and pieces[start - 1] == ".":
        return None
    for end in range(min(len(pieces), start + 2 * _LONGEST - 1), start, -2):
        followed = pieces[end] if end < len(pieces) else ""
        if followed != "." and not private.isdisjoint(_readings(pieces[start:end])):
            return end
    return None


def _readings(pieces: Sequence[str]) -> Iterator[Decimal]:
    """What amount this may be, with a point or comma before the cents, or without cents."""
    if _grouped(pieces):
        yield Decimal("".join(pieces[::2]))
    if len(pieces) > 2 and pieces[-2] in ".," and _grouped(pieces[:-2]):
        yield Decimal(f"{''.join(pieces[:-2:2])}.{pieces[-1]}")


def _grouped(pieces: Sequence[str]) -> bool:
    thousands = all(len(group) == 3 for group in pieces[2::2])
    return thousands and "." not in pieces[1::2]
