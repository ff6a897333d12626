"""Has a process load less than its libraries would."""

import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def load_less() -> None:
    """To be called before anything else is imported, by whoever starts a process. Spares what an
    idle one would hold for nothing."""
    with _absent("rich"):  # 5 MB: structlog loads it for tracebacks that it isn't asked for
        import structlog  # noqa: F401, PLC0415  # commands that need neither load nothing
    _rule_out("pydantic.v1")  # 2 MB: the framework asks of every type whether it is one of that age
    _build_when_used()


def forget_the_search() -> None:
    """To be called when what is needed is loaded: half a megabyte of listings of the folders that
    it was looked for in, and of patterns that were used on the way."""
    sys.path_importer_cache.clear()
    re.purge()


def _build_when_used() -> None:
    """3 MB: validators that nobody has used yet."""
    from pydantic import BaseModel  # noqa: PLC0415  # the same
    from pydantic.warnings import UnsupportedFieldAttributeWarning  # noqa: PLC0415  # the same

    BaseModel.model_config["defer_build"] = True
    # FastAPI hushes this one only where it expects them to be built.
    warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)


def _rule_out(module: str) -> None:
    """From now on `module` is as good as not installed, unless it was loaded before."""
    sys.modules.setdefault(module, None)  # type: ignore[arg-type]  # what the import system takes


@contextmanager
def _absent(module: str) -> Iterator[None]:
    """While it lasts, `module` is as good as not installed, unless it was loaded before."""
    _rule_out(module)
    try:
        yield
    finally:
        if sys.modules[module] is None:
            del sys.modules[module]
