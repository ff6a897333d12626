"""The strategies, by the names that callers and profiles use."""

import logging
from collections.abc import Callable, Iterable, Mapping

from app.errors import FieldIssue
from app.llm.call import Saving
from app.llm.compression.comments import without_comments
from app.llm.compression.repeats import without_repeats
from app.llm.compression.whitespace import without_surplus_space
from app.llm.errors import LLMError
from app.llm.tokens import text_tokens

Texts = list[str]


class UnknownStrategy(LLMError):
    """Somebody asked for compression by a name that isn't known."""

    code = "VALIDATION_ERROR"
    status = 400
    level = logging.INFO


SUMMARY = "summary"
"""Old turns told in fewer words, by a model. The one strategy that loses something."""

LOSSLESS: Mapping[str, Callable[[Texts], Texts]] = {
    "comments": without_comments,
    "whitespace": without_surplus_space,
    "repeats": without_repeats,
}
"""What a reader can do without, in the order in which they work: each finds more after the last."""

_PIECE = 8_000

_ALIASES: Mapping[str, tuple[str, ...]] = {"lossless": tuple(LOSSLESS)}

STRATEGIES = (*LOSSLESS, SUMMARY, *_ALIASES)


def named(names: Iterable[str]) -> tuple[str, ...]:
    """The strategies that these names stand for. Raises `UnknownStrategy`."""
    found: list[str] = []
    for name in names:
        if name not in STRATEGIES:
            issue = (
                f"there is no strategy {name[:50]!a}; there are {', '.join(STRATEGIES)}, "
                'as in ["lossless"]'
            )
            raise UnknownStrategy(f"compress: {issue}", details=(FieldIssue("compress", issue),))
        found += _ALIASES.get(name, (name,))
    return tuple(dict.fromkeys(found))


def shorten(texts: Texts, names: Iterable[str]) -> tuple[Texts, tuple[Saving, ...]]:
    """The texts after each lossless strategy that is named, and what each of them saved.

    One that doesn't help is undone: what comes back is never longer.
    """
    wanted = set(names)
    savings = []
    for name, strategy in LOSSLESS.items():
        if name in wanted:
            texts, saving = _apply(name, strategy, texts)
            savings.append(saving)
    return texts, tuple(savings)


def tokens_of(texts: Iterable[str]) -> int:
    """Guessed piece by piece, since of a long text only a sample would be looked at."""
    pieces = (text[at : at + _PIECE] for text in texts for at in range(0, len(text), _PIECE))
    return sum(map(text_tokens, pieces))


def _apply(name: str, strategy: Callable[[Texts], Texts], texts: Texts) -> tuple[Texts, Saving]:
    shorter = strategy(texts)
    before, after = tokens_of(texts), tokens_of(shorter)
    if after >= before:
        return texts, Saving(name, before, before)
    return shorter, Saving(name, before, after)
