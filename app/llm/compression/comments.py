"""Takes the comments out of fenced code whose language is known."""

import re

from app.llm.compression.code import Span, anatomy
from app.llm.compression.fences import in_code

_DIRECTIVE = re.compile(
    r"\A#!|/\*[!+]|--\+|///\s*<|//go:|//\s*\+build|#cgo|coding[:=]"
    r"|\b(?:noqa|type:|mypy:|ruff:|pylint:|pyright:|fmt:|isort:|pragma|nosec|noinspection)"
    r"|@ts-|@jsx|@flow|eslint|prettier-|biome-|istanbul|webpack|sourceMappingURL"
    r"|shellcheck|yamllint|rubocop|frozen_string_literal|NOLINT|yaml-language-server"
)
"""Comments that tools read: they are part of what the program does."""


def without_comments(texts: list[str]) -> list[str]:
    return [in_code(text, _strip) for text in texts]


def _strip(code: str, language: str) -> str:
    """The program without its comments; as it was where they can't be told for certain."""
    found = anatomy(code, language)
    if found is None:
        return code
    kept, position = [], 0
    for comment in found.comments:
        if _removable(code, comment):
            start, end = _extent(code, comment)
            kept.append(code[position:start])
            position = max(position, end)
    return "".join((*kept, code[position:]))


def _removable(code: str, comment: Span) -> bool:
    """A `//` after a colon is an address, in a place where the lexer didn't expect one."""
    text = code[comment.start : comment.end]
    in_address = text.startswith("//") and code[max(0, comment.start - 1) : comment.start] == ":"
    return not in_address and not _DIRECTIVE.search(text)


def _extent(code: str, comment: Span) -> tuple[int, int]:
    """What goes with a comment: its whole lines where it has them to itself, else the space before
    it. Between two words on a line it leaves that space."""
    line = code.rfind("\n", 0, comment.start) + 1
    end = code.find("\n", comment.end)
    end = len(code) if end < 0 else end
    if code[comment.end : end].strip():
        return comment.start, comment.end + (code[comment.end] == " ")
    before = code[line : comment.start]
    if not before.strip():
        return line, min(end + 1, len(code))
    return line + len(before.rstrip()), end
