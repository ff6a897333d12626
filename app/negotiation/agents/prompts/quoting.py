"""Other people's words as data: what they wrote can be read, but can't end the block it is in.

Every message is one line of JSON in which nothing starts a new line, and no `<` is left that could
close the block or open another one. Line separators, direction marks and invisible tag characters
are spelled out, so that a model meets no text that a person wouldn't see.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.kit import json
from app.kit.frozen import frozen
from app.kit.money import plain
from app.llm import estimate_tokens
from app.negotiation.agents.seat import Line, Terms

HISTORY_TOKENS = 6_000
"""The most that the conversation takes of a prompt; the newest message is kept however long."""

_SPELLED_OUT = re.compile(
    r"[<>`\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


@frozen
class Conversation:
    """The newest messages, the oldest of them first, and how many before them don't fit."""

    lines: tuple[str, ...]
    left_out: int


def quoted(text: str) -> str:
    """`text` as a JSON string on one line."""
    return _escaped(json.dumps(text).decode())


def quoted_object(fields: Mapping[str, object]) -> str:
    """`fields` as a JSON object on one line."""
    return _escaped(json.dumps(fields).decode())


def conversation(transcript: Sequence[Line], budget: int = HISTORY_TOKENS) -> Conversation:
    """At most `budget` tokens of `transcript`, whole messages only."""
    newest = tuple(_within(budget, (_quoted_line(line) for line in reversed(transcript))))
    return Conversation(newest[::-1], len(transcript) - len(newest))


def terms_text(terms: Terms) -> str:
    """`950.00 USD per unit, 5 units`."""
    return f"{plain(terms.price)} USD per unit, {units(terms.quantity)}"


def units(count: int) -> str:
    return "1 unit" if count == 1 else f"{count} units"


def _within(budget: int, lines: Iterable[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        budget -= estimate_tokens(len(line))
        if place and budget < 0:
            return
        yield line


def _quoted_line(line: Line) -> str:
    """`by` has values of our own: no name that somebody chose can pass for "you"."""
    said: dict[str, object] = {"round": line.round, "by": "you" if line.mine else "other"}
    if not line.mine:
        said["name"] = line.speaker
    said["text"] = line.text
    if line.offer:
        said["offer"] = terms_text(line.offer)
    return quoted_object(said)


def _escaped(encoded: str) -> str:
    return _SPELLED_OUT.sub(lambda found: _unicode_escape(found[0]), encoded)


def _unicode_escape(character: str) -> str:
    units_16 = character.encode("utf-16-be")
    return "".join(f"\\u{units_16[i : i + 2].hex()}" for i in range(0, len(units_16), 2))
