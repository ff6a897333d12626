"""What somebody looks for, as the database wants it put."""

from typing import Self

from app.kit.frozen import frozen

MOST_WORDS = 20


@frozen
class Search:
    """A title is found that has all the `parts` (patterns of `ILIKE`) somewhere; a message that
    has all the words of `words` (in the form of `to_tsquery`), the last of them as a beginning."""

    parts: tuple[str, ...]
    words: str

    @classmethod
    def of(cls, text: str) -> Self:
        """For up to `MOST_WORDS` words; the rest doesn't count."""
        given = text.split()[:MOST_WORDS]
        words = [_lexeme(word) for word in given if any(map(str.isalnum, word))]
        return cls(tuple(map(_pattern, given)), " & ".join(words) + (":*" if words else ""))


def _lexeme(word: str) -> str:
    return "'{}'".format(word.replace("\\", "\\\\").replace("'", "''"))


def _pattern(word: str) -> str:
    for special in "\\%_":
        word = word.replace(special, f"\\{special}")
    return f"%{word}%"
