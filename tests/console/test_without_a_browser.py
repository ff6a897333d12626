"""That tests which need a browser are never left out in silence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

NEEDY = "tests/console/test_reading.py"
ROOT = Path(__file__).parents[2]


def collect(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Collects the browser tests where no browser is to be found."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "PATH")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", NEEDY, *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**kept, "PATH": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_without_a_browser_the_summary_says_so(workers: tuple[str, ...]) -> None:
    run = collect(*workers)

    assert "browser tests left out: no Chromium found" in run.stdout
    assert run.returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_in_ci_a_missing_browser_is_a_failure() -> None:
    run = collect(CI="true")

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "no Chromium found" in run.stderr
