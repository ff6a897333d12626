"""What a call through the OpenAI door costs, in processor time of the service.

That figure is the one to trust: it hardly moves between runs, where rates and delays follow
whatever else the machine does. The service has a processor of its own, if there are two.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure, below
from bench.load import ask
from bench.processes import Process, data_folder, gateway_upstream, passthrough, served

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """`requests` in all, `connections` at a time."""

    name: str
    what: str
    connections: int
    requests: int
    stream: bool = False


SHAPES = (
    Shape("c1", "1 connection", 1, 1000),
    Shape("c32", "32 connections", 32, 4000),
    Shape("c256", "256 connections", 256, 4000),
    Shape("stream5", "200 streams of 64 chunks, 5 ms apart", 200, 600, stream=True),
)


_TARGETS = {"c32": (0.25, 0.113), "stream5": (1.7, 1.18)}
"""Seconds per 1000 requests, for the service and for a bare pass-through, on the machine on which
the targets were set. Their ratio travels."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`cpu` in seconds per 1000 requests, `rate` in requests per second, `first` in seconds to
    the first bytes: the best of each."""

    cpu: float
    rate: float
    first: float


def cpu_seconds(pid: int) -> float:
    """What the process used so far, by all of its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mb(pid: int) -> float:
    """As `ps` and `docker stats` count: a megabyte has 2²⁰ bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def apart(pid: int) -> None:
    """Gives the process the first processor, and this one the others."""
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) > 1:
        os.sched_setaffinity(pid, processors[:1])


async def costs(processes: Sequence[Process], shape: Shape) -> list[Cost]:
    """Of each process. They take turns, so that what else the machine does meets them alike; it
    only ever adds, so the least counts."""
    for process in processes:
        await ask(process.url, connections=shape.connections, requests=200, stream=shape.stream)
    rounds = [[await _run(process, shape) for process in processes] for _ in range(_ROUNDS)]
    return [_best(runs) for runs in zip(*rounds, strict=True)]


def _best(runs: Sequence[tuple[float, float, float]]) -> Cost:
    cpu, rate, first = zip(*runs, strict=True)
    return Cost(min(cpu), max(rate), min(first))


async def _run(process: Process, shape: Shape) -> tuple[float, float, float]:
    before = cpu_seconds(process.pid)
    heard = await ask(
        process.url,
        connections=shape.connections,
        requests=shape.requests,
        stream=shape.stream,
    )
    await asyncio.sleep(0.5)  # the ledger writes what is left
    used = cpu_seconds(process.pid) - before
    first = heard.firsts[len(heard.firsts) // 2]
    return used / shape.requests * 1000, shape.requests / heard.seconds, first


async def gateway() -> list[Figure]:
    """Beside a process that only passes bytes on, which is what cannot be saved."""
    with gateway_upstream() as upstream, data_folder() as folder:
        settings = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": upstream}
        with served(folder, **settings) as first, passthrough(upstream) as bare:
            idle = resident_mb(first.pid)
            ours, least = await _costs(first, bare)
            loaded = resident_mb(first.pid)
        starts = []
        for _ in range(3):
            with served(folder, **settings) as again:
                starts.append(again.started)
    return [*_table(ours, least), *_footprint(idle, loaded, first.started, min(starts))]


async def _costs(*processes: Process) -> tuple[dict[str, Cost], ...]:
    for process in processes:
        apart(process.pid)
    by_shape = {shape.name: await costs(processes, shape) for shape in SHAPES}
    return tuple(
        {name: found[place] for name, found in by_shape.items()} for place in range(len(processes))
    )


def _table(ours: dict[str, Cost], least: dict[str, Cost]) -> Iterator[Figure]:
    for shape in SHAPES:
        here, bare = ours[shape.name], least[shape.name]
        ratio = here.cpu / bare.cpu
        target, met = _judged(shape, here.cpu, ratio, ours["c32"].cpu)
        yield Figure(
            f"processor time of 1000 requests, {shape.what}",
            f"{here.cpu:.3f} s; {ratio:.2f} × the pass-through's {bare.cpu:.3f} s",
            target,
            met,
        )
        yield Figure(
            "… requests a second; time to the first bytes",
            f"{here.rate:.0f}; {here.first * 1000:.1f} ms",
        )


def _judged(shape: Shape, cpu: float, ratio: float, c32: float) -> tuple[str, bool | None]:
    if shape.name == "c256":
        return f"≤ 1.5 × that of 32 ({1.5 * c32:.3f} s)", cpu <= 1.5 * c32
    if shape.name not in _TARGETS:
        return "", None
    most, bare = _TARGETS[shape.name]
    return f"≤ {most / bare:.2f} × ({most:g} s where the pass-through takes {bare:g})", (
        ratio <= most / bare
    )


def _footprint(idle: float, loaded: float, new: float, again: float) -> Iterator[Figure]:
    yield below("memory of the service, idle", idle, 120, unit=" MB", digits=0)
    yield Figure("… after all that", f"{loaded:.0f} MB")
    yield below("start, with its database there", again, 2, unit=" s", digits=1)
    yield Figure("… the first one, which makes the database", f"{new:.1f} s")
