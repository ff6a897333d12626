"""Whether a sentence ends here. In doubt it doesn't: a pause too few is heard less than a pause in
the middle of a name."""

import re

_WITHOUT_SPACE = "。！？"
_MARKS = ".!?…" + _WITHOUT_SPACE
CANDIDATE = re.compile(rf"[{_MARKS}\n]")
"""What a piece may end with."""

_CLOSERS = re.compile(r"[\"'”’»)\]}*_」』]{0,4}")
_SPACE_LOOKED_AT = 4
_LINE_LOOKED_AT = 12

_NEVER_LAST = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "st", "mt", "gen", "sen", "rep", "gov", "capt", "lt", "col",
    "sgt", "rev", "hon", "vs", "v", "e.g", "i.e", "eg", "ie", "cf", "viz", "fig", "figs", "eq",
    "sec", "ch", "pp", "p", "vol", "approx", "ca", "dept", "est", "u.s", "u.k", "d.c", "ph.d",
    "z.b", "d.h", "u.a", "bzw", "bspw", "evtl", "ggf", "inkl", "jan", "feb", "mar", "apr", "jun",
    "jul", "aug", "sep", "sept", "oct", "nov", "dec",
})  # fmt: skip
"""Abbreviations that something always follows."""
_WORD_LOOKED_AT = 12
_OPENERS = "([{\"'“‘«*_"

_BLOCK = re.compile(r"[-*+•]\s|\d{1,3}[.)]\s|#{1,6}\s|>|\|")
"""What a line of a list, a heading, a quotation or a table begins with."""
_FENCE = re.compile(r"```|~~~")
_MAY_BECOME_BLOCK = frozenset("-*+•#`~0123456789")
_BLOCK_LOOKED_AT = 8

_CLAUSE = re.compile(r"[,;:–—)]\s")
_SPACE = re.compile(r"\s")


def cut_after(text: str, at: int, least: int, *, line_start: bool, final: bool) -> int | None:
    """Where the piece ends whose last character may be the candidate `text[at]`: 0 where it
    doesn't end there, None where that takes more text. With `final` there is no more.

    `text` is what the piece begins with; `line_start` says whether at the start of a line.
    """
    if text[at] == "\n":
        return _after_line(text, at, least, line_start=line_start, final=final)
    return _after_sentence(text, at, least, final=final)


def soft_cut(text: str, least: int, most: int) -> int:
    """Where to end a piece within a sentence that is longer than `most`: after a clause in its
    second half, or else between words, if there are any."""
    for break_ in (_CLAUSE, _SPACE):
        begin = max(least, most // 2 if break_ is _CLAUSE else 0)
        found = [spot.end() - 1 for spot in break_.finditer(text, 0, most + 1)]
        ends = [end for end in found if begin <= end <= most]
        if ends:
            return ends[-1]
    return most


def _after_line(text: str, at: int, least: int, *, line_start: bool, final: bool) -> int | None:
    """A line ends a piece before an empty line, before a block and after one. Other lines are
    taken for text that was wrapped."""
    window = text[at + 1 : at + 1 + _LINE_LOOKED_AT]
    ahead = window.lstrip(" \t\r")
    all_there = final or len(window) == _LINE_LOOKED_AT
    long_enough = len(text[:at].rstrip()) >= least
    if not ahead:
        return 0 if all_there else None
    if _FENCE.match(ahead):
        return at  # code is a piece of its own, however short what stands before it
    if ahead[0] == "\n" or _BLOCK.match(ahead):
        return at if long_enough else 0
    undecided = ahead[0] in _MAY_BECOME_BLOCK and len(ahead) < _BLOCK_LOOKED_AT
    if undecided and not all_there:
        return None
    return at if long_enough and _is_block(text, at, line_start=line_start) else 0


def _is_block(text: str, end: int, *, line_start: bool) -> bool:
    """Whether the line that ends at `end` is a heading or of a list."""
    begin = text.rfind("\n", 0, end) + 1
    if begin == 0 and not line_start:
        return False
    return _BLOCK.match(text[begin:end].lstrip()) is not None


def _after_sentence(text: str, at: int, least: int, *, final: bool) -> int | None:
    closers = _CLOSERS.match(text, at + 1)
    end = closers.end() if closers else at + 1
    if at + 1 < least or _in_code(text, at) or (text[at] == "." and _abbreviates(text, at)):
        return 0
    if end == len(text):
        return 0 if final else None
    if text[at] in _WITHOUT_SPACE:
        return 0 if text[end] in _MARKS else end
    return _before_space(text, end, final=final)


def _before_space(text: str, end: int, *, final: bool) -> int | None:
    """A sentence is followed by white space, and then by no small letter."""
    if not text[end].isspace():
        return 0
    space = text[end : end + _SPACE_LOOKED_AT]
    ahead = space.lstrip()
    if "\n\n" in space[: len(space) - len(ahead)]:
        return end
    if ahead:
        return 0 if ahead[0].islower() else end
    return end if final or len(space) == _SPACE_LOOKED_AT else None


def _in_code(text: str, at: int) -> bool:
    """Whether a span of code is open within the line."""
    return text.count("`", text.rfind("\n", 0, at) + 1, at) % 2 == 1


def _abbreviates(text: str, at: int) -> bool:
    """Whether the full stop belongs to an abbreviation, an initial, or a number that counts."""
    word = text[max(0, at - _WORD_LOOKED_AT) : at].split()
    if not word or text[at - 1].isspace():
        return False
    last = word[-1].lstrip(_OPENERS)
    if len(last) == 1 and last.isalpha():
        return last != "I"
    if last.isdigit():
        return len(last) <= 2
    return last.lower() in _NEVER_LAST
