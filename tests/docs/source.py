"""The sentences that the code can say, so that a page can quote them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.docs.pages import ROOT

HOLE = "…"
"""Stands for what isn't known before it is said."""

_PLAIN = ("Makefile", ".ci/run", "docker-compose.yml", "Dockerfile", ".devcontainer/post-create.sh")


def says(sentence: str) -> bool:
    """Whether each part of `sentence` between holes stands in one of the code's own strings."""
    parts = [part.strip() for part in sentence.split(HOLE)]
    return all(part in _said() for part in parts if part)


@cache
def _said() -> str:
    python = (text for path in sorted((ROOT / "app").rglob("*.py")) for text in _strings(path))
    pages = (path.read_text("utf-8") for path in sorted((ROOT / "app/console").rglob("*.js")))
    return "\n".join([*python, *pages, *((ROOT / name).read_text("utf-8") for name in _PLAIN)])


def _strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(map(_piece, node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"\{[^{}]*\}", HOLE, node.value)


def _piece(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else HOLE
