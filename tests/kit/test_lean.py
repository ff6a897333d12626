"""What a process doesn't load, since nobody would notice that it does again."""

import subprocess
import sys

_SERVED = """
import sys
import app.__main__
early = {"structlog", "pydantic", "rich", "typer"} & set(sys.modules)
from app.kit.lean import load_less
load_less()
import app.main, app.lifespan
late = {"rich", "typer", "websockets"} & set(sys.modules)
print(sorted(early), sorted(late), sys.modules.get("pydantic.v1"))
"""


def test_the_service_loads_no_more_than_it_needs() -> None:
    """What is imported before `load_less` brings its own company along."""
    done = subprocess.run(
        [sys.executable, "-c", _SERVED], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split("\n")[0] == "[] [] None"
