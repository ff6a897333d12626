"""Finds and fills the templates: the system text of each kind of conversation, with a version.

A change of the words is a new file beside the old one; the highest version is used.
"""

import re
from collections.abc import Iterator
from datetime import date

from app.chat.templates.errors import UnknownTemplate
from app.kit.frozen import frozen
from app.kit.templating import Templates, texts_in

DEFAULT = "casual"

_FILE = re.compile(r"([a-z]+)\.([0-9]+)\.md\.j2")
_PURPOSE = re.compile(r"{# (.+) #}\n")
_BASE = "base"


@frozen
class Template:
    """`purpose` is a sentence for people who choose one."""

    name: str
    version: int
    purpose: str

    @property
    def file(self) -> str:
        return f"{self.name}.{self.version}.md.j2"

    def render(self, *, on: date, system_text: str | None = None) -> str:
        """What the model is told first. `system_text` is the owner's: it stands there as it is,
        whatever it holds, and is never taken for a template."""
        return _TEMPLATES.render(self.file, date=on, system_text=(system_text or "").strip())


def names() -> tuple[str, ...]:
    return tuple(_NEWEST)


def templates() -> tuple[Template, ...]:
    return tuple(_NEWEST.values())


def find(name: str) -> Template:
    """The newest of that name. Raises `UnknownTemplate`."""
    if name not in _NEWEST:
        raise UnknownTemplate(name, names())
    return _NEWEST[name]


def _newest(sources: dict[str, str]) -> dict[str, Template]:
    found = sorted(_found(sources), key=lambda each: (each.name, each.version))
    return {template.name: template for template in found}


def _found(sources: dict[str, str]) -> Iterator[Template]:
    for file, source in sources.items():
        named, purpose = _FILE.fullmatch(file), _PURPOSE.match(source)
        if named is not None and purpose is not None and named[1] != _BASE:
            yield Template(named[1], int(named[2]), purpose[1])


_SOURCES = texts_in("app.chat.templates", "files")
_NEWEST = _newest(_SOURCES)
_TEMPLATES = Templates(_SOURCES)
