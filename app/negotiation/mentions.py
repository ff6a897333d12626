"""Whom a message addresses: the `@Name`s in its text, whoever wrote it.

Case counts for nothing, nor do the spaces and punctuation inside a name: "@Tech Store",
"@techstore" and "@Tech-Store" all name "Tech Store" (and "TechStore", where the capital marks
such a place). The longest known name wins. Where names differ in punctuation only, the literal
spelling decides; where it can't, all of them are named: one seller asked too many is better than
one left out.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from app.kit.frozen import frozen

# Scripts that run words together: a name that ends in one needs no boundary behind it.
_JOINED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_ENDS_JOINED = re.compile(f"[{_JOINED}]$")
_BOUNDARY = rf"(?!_*[^\W_{_JOINED}]|[\u0300-\u036f])"
_AT = re.compile(rf"(?<![^\W_{_JOINED}])[@\uff20\ufe6b]")  # behind a letter: an e-mail address

_MARK = r"!-/:-?\[-`{-~\u00a1-\u00bf\u2010-\u2027\u2030-\u205e\u3001-\u3003\u3008-\u301f\u30fb"
_PART = re.compile(rf"(?P<gap>[\s@{_MARK}]+)|[^\s@{_MARK}]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])")
_LEAD = rf"[{_MARK}]{{0,2}}+"
_GAP = rf"(?:(?![.,;:!?]\s)[ {_MARK}]){{0,3}}+"  # never across the end of a clause

# Joiners, variation selectors, the soft hyphen, the trade mark signs: nobody types them.
_UNTYPED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\u2120\u2122"))


@frozen
class _Name:
    """`letters` counts what isn't punctuation; a name without any is known by `literal` only."""

    index: int
    letters: int
    literal: re.Pattern[str]
    loose: re.Pattern[str]

    def match(self, text: str) -> tuple[int, int]:
        """How well `text` begins with this name: the more the better, (-1, 0) for not at all."""
        if spelled := self.literal.match(text):
            return self.letters, spelled.end()
        return (self.letters, 0) if self.letters and self.loose.match(text) else (-1, 0)


def mentioned(text: str, names: Sequence[str]) -> tuple[int, ...]:
    """Indices into `names` of those that `text` mentions, ascending, each once."""
    if not names or not (ats := list(_AT.finditer(text))):
        return ()
    known = _known(tuple(names))
    window = 16 + 8 * max(map(len, names))
    found = (_named(_fold(text[at.end() : at.end() + window]), known) for at in ats)
    return tuple(sorted(set().union(*found)))


def _named(text: str, known: tuple[_Name, ...]) -> set[int]:
    matches = [(name.match(text), name.index) for name in known]
    best = max(matches, default=((-1, 0), 0))[0]
    return {index for match, index in matches if match == best} if best > (-1, 0) else set()


@lru_cache(maxsize=512)
def _known(names: tuple[str, ...]) -> tuple[_Name, ...]:
    return tuple(_read(index, name) for index, name in enumerate(names) if _fold(name).strip())


def _read(index: int, name: str) -> _Name:
    cased = _compatible(name).strip()
    folded = _fold(cased)
    end = "" if _ENDS_JOINED.search(folded) else _BOUNDARY
    parts = list(_PART.finditer(cased))
    letters = sum(len(_fold(part[0])) for part in parts if not part["gap"])
    inner = "".join(map(_pattern, parts[_is_gap(parts[0]) : len(parts) - _is_gap(parts[-1])]))
    return _Name(
        index, letters, re.compile(re.escape(folded) + end), re.compile(_LEAD + inner + end)
    )


def _is_gap(part: re.Match[str]) -> bool:
    return part["gap"] is not None


def _pattern(part: re.Match[str]) -> str:
    """A word as it is; a gap as any part of itself, or as any short gap. Never backtracks."""
    if not part["gap"]:
        return _GAP.join(re.escape(_fold(word)) for word in _CAMEL.split(part[0]))
    itself = "".join(re.escape(mark) + "?+" for mark in part[0])
    return rf"(?>{itself}(?![\s@{_MARK}])|{_GAP})"


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", _compatible(text).casefold())


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_UNTYPED))
