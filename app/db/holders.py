"""Which processes use a data folder, as far as they are alive."""

import json
import os
from pathlib import Path

import psutil

Identity = tuple[int, float]
"""A process's number and the moment it began, in seconds: a number alone is given out again."""


class Holders:
    """A list in a file; whoever touches it holds the data folder's lock."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def join(self) -> None:
        self._write({*self._alive(), _identity(os.getpid())})

    def leave(self) -> bool:
        """Takes this process off the list; returns whether that leaves nobody. One that was killed
        never signs off, and doesn't count."""
        rest = self._alive() - {_identity(os.getpid())}
        self._write(rest)
        return not rest

    def _alive(self) -> set[Identity | None]:
        try:
            listed = json.loads(self._file.read_text())
        except (FileNotFoundError, ValueError):
            return set()
        return {(pid, began) for pid, began in listed if _identity(pid) == (pid, began)}

    def _write(self, holders: set[Identity | None]) -> None:
        self._file.write_text(json.dumps(sorted(filter(None, holders))))


def _identity(pid: int) -> Identity | None:
    try:
        process = psutil.Process(pid)
        dead = process.status() == psutil.STATUS_ZOMBIE
        return None if dead else (pid, process.create_time())
    except psutil.Error:
        return None
