"""Finds the fenced code in a text."""

import re
from collections.abc import Callable, Iterator

from app.kit.frozen import frozen

_OPENING = re.compile(r"[ \t]*(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)\n?\Z")

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@frozen
class Section:
    """Some lines of a text. `language` is None in prose, lower case in code, empty in code that
    doesn't tell. The lines with the fences themselves are prose."""

    text: str
    language: str | None = None


def sections(text: str) -> Iterator[Section]:
    """In order; together they are the text. A fence that is never closed holds all the rest."""
    lines: list[str] = []
    mark = language = ""
    for line in _LINE.findall(text):
        if not mark:
            lines.append(line)
            if opening := _OPENING.match(line):
                yield Section("".join(lines))
                lines, mark, language = [], opening["mark"], _language(opening["info"])
        elif _closes(line, mark):
            yield Section("".join(lines), language)
            lines, mark = [line], ""
        else:
            lines.append(line)
    yield Section("".join(lines), language if mark else None)


def in_code(text: str, change: Callable[[str, str], str]) -> str:
    """The text with each of its fenced blocks changed by `change(code, language)`."""
    return "".join(
        section.text if section.language is None else change(section.text, section.language)
        for section in sections(text)
    )


def _language(info: str) -> str:
    return (info.split() or [""])[0].strip("{}.").lower()


def _closes(line: str, mark: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(mark) and set(stripped) == {mark[0]}
