"""Replaces lines that stood earlier in the conversation by a reference to them.

Whoever reads from the top has met every line that a reference stands for. It tells how many there
are, and quotes the first one, or its first 40 characters: the first line that reads so is meant.
"""

from dataclasses import dataclass, field
from itertools import takewhile

_QUOTE = 40
_GAIN = 30
"""Characters that a reference has to save; below that it costs more attention than tokens."""


@dataclass(slots=True)
class _Seen:
    """The lines that were kept so far, None where one can't be part of a block: a reference, or
    the end of a text. `first` finds the first line with a given beginning."""

    lines: list[str | None] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)

    def keep(self, line: str) -> None:
        if line.strip():
            self.first.setdefault(_beginning(line), len(self.lines))
        self.lines.append(line)

    def interrupt(self) -> None:
        self.lines.append(None)

    def match(self, lines: list[str], start: int) -> int:
        """How many lines from `start` on stood together before."""
        place = self.first.get(_beginning(lines[start]))
        if place is None:
            return 0
        most = min(len(lines) - start, len(self.lines) - place)
        same = (lines[start + n] == self.lines[place + n] for n in range(most))
        count = sum(takewhile(bool, same))
        while count and not lines[start + count - 1].strip():
            count -= 1
        return count


def without_repeats(texts: list[str]) -> list[str]:
    seen = _Seen()
    return [_refer(text, seen) for text in texts]


def _refer(text: str, seen: _Seen) -> str:
    lines = text.split("\n")
    kept: list[str] = []
    position = 0
    while position < len(lines):
        count = seen.match(lines, position) if lines[position].strip() else 0
        block = lines[position : position + count]
        reference = _reference(block)
        if count and len("\n".join(block)) - len(reference) >= _GAIN:
            kept.append(reference)
            seen.interrupt()
            position += count
        else:
            kept.append(lines[position])
            seen.keep(lines[position])
            position += 1
    seen.interrupt()
    return "\n".join(kept)


def _reference(block: list[str]) -> str:
    if not block:
        return ""
    indent = block[0][: len(block[0]) - len(block[0].lstrip())]
    lines = "" if len(block) == 1 else f"{len(block)} lines from "
    return f'{indent}[as above: {lines}"{_beginning(block[0])}"]'


def _beginning(line: str) -> str:
    return line.strip()[:_QUOTE]
