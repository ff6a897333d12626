"""Fenced blocks of code in Markdown, as CommonMark has them, but that they may be indented."""

import re
from typing import Literal

_RUN = re.compile(r"`{3,}|~{3,}")


class Fence:
    """A block from its opening line on. `over` once the line that closes it was met."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._opened = False
        self.over = False

    def closed_by(self, line: str) -> bool:
        """Takes the block's next line; the first one opens it."""
        closing = line.strip()
        long_enough = len(closing) >= len(self._run)
        self.over = self._opened and long_enough and not closing.strip(self._run[0])
        self._opened = True
        return self.over


def opening(text: str, most: int, *, final: bool) -> Fence | Literal[False] | None:
    """The fence that `text`, at the start of a line, begins with. False where it begins with none,
    None where that takes more text; after `most` characters of the line it takes no more."""
    run = _RUN.match(text)
    if run is None:
        may_become_one = text in {"`", "``", "~", "~~"} and not final
        return None if may_become_one else False
    newline = text.find("\n", 0, most)
    line = text[: newline if newline >= 0 else most]
    if run[0][0] == "`" and "`" in line[run.end() :]:
        return False  # code within a line
    if newline < 0 and len(text) <= most and not final:
        return None
    return Fence(run[0])
