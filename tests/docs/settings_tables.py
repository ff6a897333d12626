"""The tables of the guides that come from the code: settings, and the rules of reviews.

python -m tests.docs.settings_tables --write    writes them anew; `make docs` does the same

A table stands between two comments. The first names what is in it: `settings` and the names of
variables, where `*` stands for anything, or `rules`.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from app.settings import all_variables
from tests.contracts.workspace import load
from tests.docs.pages import DOCS, Page

GUIDES = [Page(path) for path in sorted((DOCS / "integrations").glob("*.md"))]

_TABLE = re.compile(r"(<!-- (settings|rules)([^>]*) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def written(text: str) -> str:
    """`text` with its tables as they should be. Raises `LookupError` where a name fits nothing."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{_made(found[2], found[3])}\n{found[5]}", text)


def _made(kind: str, names: str) -> str:
    return _settings(names.split()) if kind == "settings" else _rules()


def _settings(names: list[str]) -> str:
    return _table(("Variable", "Default", "Example", "Meaning"), _rows(names))


def _rows(names: list[str]) -> Iterator[tuple[str, ...]]:
    variables = list(all_variables())
    for name in names:
        fitting = [each for each in variables if fnmatchcase(each.name, name)]
        if not fitting:
            raise LookupError(f"no setting is called {name}")
        for each in fitting:
            secret = " Secret." if each.secret else ""
            yield f"`{each.name}`", _code(each.default), _code(each.example), each.meaning + secret


def _rules() -> str:
    rules = load(".coderabbit.yaml")["reviews"]["path_instructions"]
    told = ((_code(rule["path"]), _first(rule["instructions"])) for rule in rules)
    return _table(("Files", "The first of their rules"), told)


def _first(text: str) -> str:
    sentence = " ".join(text.split()).partition(". ")[0]
    return sentence.removesuffix(".").replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`" if text else "empty"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def write() -> None:
    for guide in GUIDES:
        guide.path.write_text(written(guide.text), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.docs.settings_tables --write")
    write()
