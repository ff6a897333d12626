"""Drops the white space that says nothing: at the ends of lines and texts, and empty lines in a
row. Indentation stays, everywhere, and so does all that is inside a program's strings."""

from app.llm.compression.code import anatomy
from app.llm.compression.fences import sections

_LITERAL = frozenset({"diff", "patch", "whitespace", "markdown", "md"})
"""Languages in which white space at the end of a line means something."""


def without_surplus_space(texts: list[str]) -> list[str]:
    return [_tidy(text) for text in texts]


def _tidy(text: str) -> str:
    tidied = "".join(
        _squeeze(section.text)
        if section.language is None
        else _code(section.text, section.language)
        for section in sections(text)
    )
    return tidied.rstrip().lstrip("\n") if tidied.strip() else tidied


def _code(code: str, language: str) -> str:
    if language in _LITERAL:
        return code
    found = anatomy(code, language)
    strings = found.strings if found else ()
    kept, position = [], 0
    for string in strings:
        kept += [_squeeze(code[position : string.start]), code[string.start : string.end]]
        position = string.end
    return "".join((*kept, _squeeze(code[position:])))


def _squeeze(text: str) -> str:
    """What stands after the last line's end may go on: it stays as it is."""
    *lines, rest = text.split("\n")
    kept: list[str] = []
    for position, line in enumerate(lines):
        stripped = line.rstrip()
        if stripped or position < 2 or kept[-1]:
            kept.append(stripped)
    return "\n".join((*kept, rest))
