"""Keeps a library from loading another that it can do without."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def rule_out(module: str) -> None:
    """For the process's whole life `module` is as good as not installed, unless it was loaded
    before."""
    sys.modules.setdefault(module, None)  # type: ignore[arg-type]  # what the import system takes


@contextmanager
def absent(module: str) -> Iterator[None]:
    """While it lasts, `module` is as good as not installed, unless it was loaded before."""
    rule_out(module)
    try:
        yield
    finally:
        if sys.modules[module] is None:
            del sys.modules[module]
