"""Runs a page's blocks as a reader would, and holds what they print against what is shown."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.docs.pages import ROOT, Block, Page

SHOWN_ADDRESS = "http://127.0.0.1:8000"
ANYTHING = "…"
_SECONDS = 60
_END = "\x1e"
_WORD = re.compile(r"[A-Za-z_@]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Ran:
    block: Block
    printed: str


async def run(page: Page, folder: Path, url: str, environment: Mapping[str, str]) -> list[Ran]:
    """All blocks of the page that run, in one shell, in `folder`. Fails with what was printed."""
    for block in page.blocks:
        if block.title:
            (folder / block.title).write_text(_here(block.text, url), "utf-8")
    blocks = [block for block in page.blocks if block.runs]
    script = "".join(f"{_here(block.text, url)}\nprintf '{_END}'\n" for block in blocks)
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script,
        cwd=folder, env=_environment(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_SECONDS):
            printed, _ = await shell.communicate()
    finally:
        if shell.returncode is None:
            shell.kill()
    texts = printed.decode().split(_END)
    assert shell.returncode == 0, f"{page.name} stopped after {len(texts) - 1} blocks:\n{texts[-1]}"
    return [Ran(block, text) for block, text in zip(blocks, texts, strict=False)]


def _here(text: str, url: str) -> str:
    return text.replace(SHOWN_ADDRESS, url)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    python = str(Path(sys.executable).parent)
    return {
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": str(ROOT),
        **more,
    }


def shown_outputs(page: Page) -> list[tuple[Block, Block]]:
    """Each block that runs with the output that the page shows for it."""
    blocks = page.blocks
    return [
        (before, block) for before, block in pairwise(blocks) if block.is_output and before.runs
    ]


def disagreement(shown: Block, printed: str) -> str | None:
    """Where the shown output isn't like the printed one; None when it is."""
    if shown.language == "json":
        return _unlike(json.loads(shown.text), json.loads(printed), "$")
    return _missing_line(shown.text, printed)


def _unlike(shown: object, real: object, path: str) -> str | None:
    """Every key shown must be there, and every value be of its kind; a word must be the same."""
    if shown == ANYTHING:
        return None
    if isinstance(shown, dict) and isinstance(real, dict):
        missing = [key for key in shown if key != ANYTHING and key not in real]
        if missing:
            return f"{path} has no {', '.join(missing)}"
        parts = ((value, real[key], f"{path}.{key}") for key, value in shown.items() if key in real)
        return next((fault for part in parts if (fault := _unlike(*part))), None)
    if isinstance(shown, list) and isinstance(real, list):
        return _unlike_list(shown, real, path)
    if isinstance(shown, str) and isinstance(real, str):
        same = shown == real or not _WORD.fullmatch(shown)
        return None if same else f"{path} is {real!r}, not {shown!r}"
    return None if _kind(shown) is _kind(real) else f"{path} is {real!r}, not like {shown!r}"


def _unlike_list(shown: list[object], real: list[object], path: str) -> str | None:
    whole = ANYTHING not in shown
    known = [value for value in shown if value != ANYTHING]
    if len(real) < len(known) or (whole and len(real) != len(known)):
        return f"{path} has {len(real)} elements"
    pairs = enumerate(zip(known, real, strict=False))
    return next((f for i, (a, b) in pairs if (f := _unlike(a, b, f"{path}[{i}]"))), None)


def _kind(value: object) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _missing_line(shown: str, printed: str) -> str | None:
    """Every shown line must be printed, in this order."""
    rest = iter(printed.splitlines())
    for line in shown.splitlines():
        form = _form(line)
        if not any(form.fullmatch(candidate.rstrip()) for candidate in rest):
            return f"no line is like {line!r} in:\n{printed}"
    return None


def _form(line: str) -> re.Pattern[str]:
    escaped = re.escape(line.rstrip()).replace(re.escape(ANYTHING), ".*")
    return re.compile(_NUMBER.sub(r"\\d+(?:\\.\\d+)?", escaped.replace(r"\.", ".")))
