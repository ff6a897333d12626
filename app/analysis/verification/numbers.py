"""Finds every number in a text, and tells which of them aren't so.

A number is supported by a true value that, rounded to the digits shown, is that number: dollars by
an amount, a percentage by a share, a plain number by anything. Numbers in words count from two to
twelve. "Round 3" and "event 12" are held against the rounds and events there were; a plain number
may be a round, too. Signs don't count: a fall of 50 is a difference of -50. Names are taken out
before, since items and sellers have numbers in theirs.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_NUMBER = r"""
    (?P<counted>\b(?:rounds?|events?)\s*(?:number\s*|no\.?\s*)?\#?)?
    (?:
        (?<![\w.])(?P<money>USD\s*|\$\s*)?
        (?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)
        (?P<thousands>k\b)?
        (?P<ordinal>(?:st|nd|rd|th)\b)?
        (?P<percent>\s?(?:%|per\ ?cent\b))?
        (?P<of_round>\sround\b)?
        (?P<dollars>\s?(?:USD|dollars?|cents?)\b)?
      | \b(?P<word>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b
    )
"""


@cache
def _number() -> re.Pattern[str]:
    """Compiled when a judge first answers: it takes 0.2 MB."""
    return re.compile(_NUMBER, re.VERBOSE | re.IGNORECASE)


_SMALL = frozenset({Decimal(1), Decimal(2)})
"""One of something and both sides: there are always so many."""

_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Known:
    """What is true, by what it is measured in: amounts in USD, parts of 1, and everything else. The
    rounds and events there were, and the names that may hold digits."""

    dollars: frozenset[Decimal] = frozenset()
    shares: frozenset[Decimal] = frozenset()
    others: frozenset[Decimal] = frozenset()
    rounds: frozenset[Decimal] = frozenset()
    events: frozenset[Decimal] = frozenset()
    names: tuple[str, ...] = ()

    @cached_property
    def amounts(self) -> list[Decimal]:
        return sorted(map(abs, self.dollars))

    @cached_property
    def percentages(self) -> list[Decimal]:
        return sorted(abs(share) * _HUNDRED for share in self.shares)

    @cached_property
    def plain(self) -> list[Decimal]:
        """What a number without a unit may be."""
        return sorted(map(abs, self.dollars | self.others | self.shares))

    def without_names(self, text: str) -> str:
        """Without those that hold a digit, where they stand as words."""
        numbered = (name for name in self.names if any(map(str.isdecimal, name)))
        for name in sorted(numbered, key=len, reverse=True):
            word = rf"(?<!\w){re.escape(name)}(?!\w)"
            text = re.sub(word, " ", text, flags=re.IGNORECASE)
        return text

    def together(self, *more: "Known") -> "Known":
        """What is true of this or of any of the others."""
        every = (self, *more)
        return Known(
            dollars=frozenset().union(*(known.dollars for known in every)),
            shares=frozenset().union(*(known.shares for known in every)),
            others=frozenset().union(*(known.others for known in every)),
            rounds=frozenset().union(*(known.rounds for known in every)),
            events=frozenset().union(*(known.events for known in every)),
            names=tuple(dict.fromkeys(name for known in every for name in known.names)),
        )


def unsupported(text: str, known: Known, said: Iterable[Decimal] = ()) -> list[str]:
    """The numbers of `text` that nothing supports, as they are written. `said` are numbers without
    a unit that are true here."""
    said = frozenset(said)
    found = _number().finditer(known.without_names(text))
    return list(
        dict.fromkeys(" ".join(each[0].split()) for each in found if _wrong(each, known, said))
    )


def numbers_in(text: str) -> Iterator[Decimal]:
    """Every number of `text`, without its sign and unit."""
    for found in _number().finditer(text):
        yield _value(found)


def _wrong(found: re.Match[str], known: Known, said: frozenset[Decimal]) -> bool:
    value = _value(found)
    counted = (found["counted"] or "").lower()
    if counted.startswith("event"):
        return value not in known.events
    if counted or (found["ordinal"] and found["of_round"]):
        return value not in known.rounds
    return value not in said and not _supported(found, value, known)


def _supported(found: re.Match[str], value: Decimal, known: Known) -> bool:
    if found["percent"]:
        return _rounded_to(value, known.percentages)
    if found["money"] or found["dollars"]:
        return _rounded_to(value, known.amounts)
    return value in _SMALL or value in known.rounds or _rounded_to(value, known.plain)


def _rounded_to(number: Decimal, values: Sequence[Decimal]) -> bool:
    """Whether any of `values`, in order, is `number` once rounded to as many digits as it shows."""
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    place = bisect_left(values, number - half)
    return place < len(values) and values[place] <= number + half


def _value(found: re.Match[str]) -> Decimal:
    if found["word"]:
        return Decimal(_WORDS[found["word"].lower()])
    value = Decimal(found["digits"].replace(",", ""))
    return value.scaleb(3) if found["thousands"] else value
