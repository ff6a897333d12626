"""The AI SDK's own packages, installed once into a cache outside of the project."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

PLAYED = Path(__file__).parent / "page"
DOCUMENTED = Path(__file__).parents[3] / "docs" / "how-to" / "use-the-ai-sdk.md"
VERSIONS = {
    "7": {"ai": "ai", "@ai-sdk/react": "@ai-sdk/react"},
    "6": {"ai": "@ai-sdk/react-6/node_modules/ai", "@ai-sdk/react": "@ai-sdk/react-6"},
}
"""Where a page finds the packages that come in versions."""

_SHARED = ("react", "react-test-renderer", "typescript")
_LOCKED = ("package.json", "package-lock.json")
_INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
_SECONDS = 90


class Missing(Exception):
    """The packages can't be had here; says why."""


def installed() -> Path:
    """The folder with the packages of the lock. Raises `Missing`."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise Missing("Node and npm aren't installed")
    locks = b"".join((PLAYED / name).read_bytes() for name in _LOCKED)
    folder = _cache() / f"ai-sdk-{hashlib.sha256(locks).hexdigest()[:16]}"
    if not folder.exists():
        try:
            _install(folder)
        except OSError as error:
            raise Missing(f"the AI SDK can't be kept in {folder.parent}: {error}") from error
    return folder


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "parley-tests"


def _install(folder: Path) -> None:
    """Whoever is first: the folder appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        for name in _LOCKED:
            shutil.copy(PLAYED / name, made)
        try:
            subprocess.run(
                _INSTALL, cwd=made, check=True, capture_output=True, text=True, timeout=_SECONDS
            )
        except subprocess.SubprocessError as error:
            told = str(getattr(error, "stderr", None) or error)
            raise Missing(f"npm can't install the AI SDK: {told.strip()[-300:]}") from error
        target = Path(made) / "whole"
        target.mkdir()
        shutil.move(str(Path(made) / "node_modules"), target)
        try:
            target.rename(folder)
        except OSError:
            if not folder.exists():
                raise


def laid_out(folder: Path, version: str, modules: Mapping[str, str]) -> Path:
    """A page's folder with its packages in that version, its modules, by their names, and the
    programs that play it."""
    packages = installed() / "node_modules"
    for name, found in {**{name: name for name in _SHARED}, **VERSIONS[version]}.items():
        link = folder / "node_modules" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(packages / found)
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    for name, text in modules.items():
        (folder / name).write_text(text, "utf-8")
    for program in ("chat.mjs", "page.mjs"):
        shutil.copy(PLAYED / program, folder)
    return folder
