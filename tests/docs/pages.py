"""The pages of the documentation, and the fenced blocks in them.

A block's info string says what is to be done with it:

    bash                   is run, in one shell per page, with the blocks before it
    bash no-run            isn't, and the text before it says why
    json title="m.json"    is written to that file first
    json output            is what the block before it printed: keys and kinds must agree
    text output            the same, line by line; `…` stands for anything, digits for a number
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"

_FENCE = re.compile(
    r"^(?P<mark>`{3,})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=mark)[ \t]*$", re.MULTILINE | re.DOTALL
)
_TITLE = re.compile(r'title="([^"]+)"')
NOT_RUN = "Not run by the tests: "


@dataclass(frozen=True, slots=True)
class Block:
    """`before` is the paragraph that stands directly before it."""

    language: str
    options: str
    text: str
    before: str
    line: int

    @property
    def title(self) -> str | None:
        found = _TITLE.search(self.options)
        return found[1] if found else None

    @property
    def is_output(self) -> bool:
        return self.options == "output"

    @property
    def runs(self) -> bool:
        return self.language == "bash" and not self.options


@dataclass(frozen=True, slots=True)
class Page:
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def prose(self) -> str:
        """Without the fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def blocks(self) -> list[Block]:
        return list(_blocks(self.text))


def pages() -> list[Page]:
    """README, changelog and everything under docs/."""
    return [Page(README), Page(ROOT / "CHANGELOG.md"), *map(Page, sorted(DOCS.rglob("*.md")))]


def _blocks(text: str) -> Iterator[Block]:
    for found in _FENCE.finditer(text):
        language, _, options = found["info"].strip().partition(" ")
        head = text[: found.start()]
        yield Block(
            language=language,
            options=options.strip(),
            text=found["text"],
            before=head.rstrip().rpartition("\n\n")[2],
            line=head.count("\n") + 1,
        )
