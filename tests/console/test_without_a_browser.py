"""That tests which need a browser are never left out in silence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

NEEDY = "tests/console/test_reading.py"
ROOT = Path(__file__).parents[2]


def collect(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the browser tests where no browser is to be found. A folder of its own keeps its hands
    off this run's, whose access rights a second run would change under the database's feet."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "PATH")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", NEEDY]
    return subprocess.run(
        [*command, f"--basetemp={folder / 'run'}", *arguments],
        cwd=ROOT,
        env={**kept, "PATH": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_without_a_browser_the_summary_says_so(workers: tuple[str, ...], tmp_path: Path) -> None:
    run = collect(tmp_path, *workers)

    assert "browser tests left out: no Chromium found" in run.stdout
    assert run.returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_in_ci_a_missing_browser_is_a_failure(tmp_path: Path) -> None:
    run = collect(tmp_path, CI="true")

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "no Chromium found" in run.stderr
