"""What lossless compression takes off the corpus, and that no fact is lost by it.

    python -m bench.compression

The corpus lies in `bench/corpus`: conversations as they are sent to models, each message after a
line `--- role`, and beside each the facts that have to be in what is left.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.llm import Saving
from app.llm.compression import LOSSLESS, Texts, shorten
from bench.figure import Figure

CORPUS = Path(__file__).parent / "corpus"
TARGET = 0.15

_MESSAGE = re.compile(r"^--- (system|user|assistant)\n", re.MULTILINE)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"\b[A-Z][\w-]*")
_PROGRAM = {
    "python": r"(?P<code>\"{3}.*?\"{3}|\"[^\"\n]*\"|'[^'\n]*')|#[^\n]*",
    "js": r"(?P<code>`[^`]*`|\"[^\"\n]*\"|/\[[^/\n]*/)|//[^\n]*|/\*.*?\*/",
    "sql": r"(?P<code>\$\$.*?\$\$|'[^']*'|\"[^\"\n]*\")|--[^\n]*|/\*.*?\*/",
}
"""Strings and comments, told apart by other means than those that are tested: good enough for the
programs in the corpus, and for them alone."""


@dataclass(frozen=True, slots=True)
class Document:
    """`kind` is the first word of its name. The texts are those of its messages."""

    name: str
    texts: Texts
    facts: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Result:
    document: Document
    left: Texts
    savings: tuple[Saving, ...]

    @property
    def lost(self) -> set[str]:
        """The facts that aren't in what is left, and every number and capitalised name of the
        original that isn't, those in comments apart."""
        left = "\n".join(self.left)
        original = "\n".join(map(_without_comments, self.document.texts))
        words = {*_NUMBER.findall(original), *_NAME.findall(original)}
        there = {*_NUMBER.findall(left), *_NAME.findall(left)}
        return (words - there) | {fact for fact in self.document.facts if fact not in left}


def corpus() -> list[Document]:
    return [_document(path) for path in sorted(CORPUS.glob("*.md"))]


def compressed(documents: Iterable[Document]) -> list[Result]:
    return [Result(document, *shorten(document.texts, LOSSLESS)) for document in documents]


def saved(savings: Iterable[Saving]) -> tuple[int, int]:
    """Tokens before and after, all strategies together."""
    each = list(savings)
    firsts = [saving.tokens_before for saving in each if saving.strategy == next(iter(LOSSLESS))]
    return sum(firsts), sum(firsts) - sum(s.tokens_before - s.tokens_after for s in each)


def rows(results: list[Result]) -> Iterator[tuple[str, str, int, int]]:
    """Kind of document, strategy, tokens before and after; `all` for either means together."""
    for kind in (*dict.fromkeys(result.document.kind for result in results), "all"):
        savings = [
            saving
            for result in results
            if kind in (result.document.kind, "all")
            for saving in result.savings
        ]
        for strategy in LOSSLESS:
            own = [saving for saving in savings if saving.strategy == strategy]
            yield (
                kind,
                strategy,
                sum(saving.tokens_before for saving in own),
                sum(saving.tokens_after for saving in own),
            )
        yield (kind, "all", *saved(savings))


async def compression() -> list[Figure]:
    """For the page of measurements."""
    results = compressed(corpus())
    lost = sum(len(result.lost) for result in results)
    shares = {
        kind: 1 - after / before
        for kind, strategy, before, after in rows(results)
        if strategy == "all"
    }
    whole = shares.pop("all")
    return [
        Figure(
            "tokens that lossless compression saves on the corpus",
            f"{whole:.1%}",
            f"≥ {TARGET:.0%}",
            whole >= TARGET,
        ),
        *(Figure(f"… on its {kind} documents", f"{share:.1%}") for kind, share in shares.items()),
        Figure("… facts, numbers and names lost", str(lost), "0", lost == 0),
    ]


def main() -> None:
    results = compressed(corpus())
    print(f"{'documents':<12}{'strategy':<12}{'before':>8}{'after':>8}{'saved':>8}")
    for kind, strategy, before, after in rows(results):
        print(f"{kind:<12}{strategy:<12}{before:>8}{after:>8}{1 - after / before:>8.1%}")
    for result in results:
        if result.lost:
            sys.exit(f"{result.document.name} lost {sorted(result.lost)}")
    print("No fact, number or name was lost.")


def _document(path: Path) -> Document:
    _, *parts = _MESSAGE.split(path.read_text("utf-8"))
    facts = path.with_suffix(".facts.txt").read_text("utf-8").splitlines()
    return Document(path.stem, parts[1::2], tuple(facts))


def _without_comments(text: str) -> str:
    return _FENCE.sub(lambda fence: _strip(fence[2], fence[1]), text)


def _strip(program: str, language: str) -> str:
    if language not in _PROGRAM:
        return program
    return re.sub(_PROGRAM[language], lambda f: f["code"] or "", program, flags=re.DOTALL)


if __name__ == "__main__":
    main()
