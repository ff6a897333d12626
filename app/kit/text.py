"""What a text is, as somebody sees it."""

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Controls, what only tells how others are shown, and spaces."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that are shown as nothing, by their own definition."""
_VARIATIONS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""How the sign before them is drawn."""


def visible(text: str) -> bool:
    """Whether there is anything to be seen."""
    return not all(map(_unseen, text))


def seen(text: str) -> str:
    """Raises `ValueError` for a text of which there is nothing to be seen."""
    if not visible(text):
        raise ValueError("has nothing in it that can be seen: send words")
    return text


def _unseen(sign: str) -> bool:
    if sign in _BLANK or unicodedata.category(sign) in _UNSEEN:
        return True
    return any(ord(sign) in some for some in _VARIATIONS)
