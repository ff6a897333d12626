"""The AI SDK's own packages, installed once into a cache outside of the project."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PLAYED = Path(__file__).parent / "page"
DOCUMENTED = Path(__file__).parents[3] / "docs" / "how-to" / "use-the-ai-sdk.md"
VERSIONS = ("ai", "ai-6")
"""By their names among the packages: version 7, and version 6."""

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
        _install(folder)
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
        except (subprocess.SubprocessError, OSError) as error:
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


def laid_out(folder: Path, version: str, page_module: str) -> Path:
    """A page's folder, in which `ai` is that version; returns the program that plays the page."""
    modules = folder / "node_modules"
    modules.mkdir(parents=True)
    (modules / "ai").symlink_to(installed() / "node_modules" / version)
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    (folder / "parley.js").write_text(page_module, "utf-8")
    return Path(shutil.copy(PLAYED / "chat.mjs", folder))
