"""Ten minutes in which no partner answers, and what becomes of it when they are back."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx

from bench.figure import Figure, below
from bench.gateway import resident_mb
from bench.market import open_rooms, play
from bench.measures import LATENCY
from bench.partners import switched_on
from bench.processes import client, data_folder, faulty_partner, served, vendor
from tests.fakes.galileo import KEY, FakeGalileo
from tests.fakes.otlp import FakeCollector
from tests.fakes.sentry import FakeSentry

MINUTES = 10
_SETTLED = 2 * 60.0
_DRAINED = 3 * 60.0
_ROOMS = 5
_PAUSE = 2.0
_MOST_MB = 16


@dataclass(frozen=True, slots=True)
class Way:
    """One way out, as `GET /api/v1/telemetry/exporters` tells of it."""

    waiting: int
    delivered: int
    lost: int


async def outage() -> list[Figure]:
    async with AsyncExitStack() as stack:
        galileo = await stack.enter_async_context(FakeGalileo(fault="hang"))
        sentry = await stack.enter_async_context(FakeSentry("hang"))
        collector = await stack.enter_async_context(FakeCollector("hang"))
        models = stack.enter_context(vendor(LATENCY))
        settings = {
            **switched_on(stack.enter_context(faulty_partner("hang"))),
            "LM_STUDIO_BASE_URL": models,
            "LLM_PROVIDER": "lm_studio",
            "GALILEO_API_KEY": KEY,
            "GALILEO_API_URL": galileo.url,
            "SENTRY_DSN": sentry.dsn,
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint,
        }
        folder = stack.enter_context(data_folder())
        process = stack.enter_context(served(folder, **settings))
        http = await stack.enter_async_context(client(process.url))
        settled, after, rooms = await _suffer(http, process.pid)
        before = await _ways(http)
        galileo.fault = "ok"
        sentry.let_go()
        collector.let_go()
        drained = await _drain(http)
        return [
            below(
                f"memory after {MINUTES} minutes without partners, beyond that after 2",
                after - settled,
                _MOST_MB,
                unit=" MB",
                digits=0,
            ),
            Figure("… rooms played meanwhile, all to their end", str(rooms)),
            *_told(before, drained),
        ]


async def _suffer(http: httpx.AsyncClient, pid: int) -> tuple[float, float, int]:
    """Megabytes after two minutes and at the end, and how many rooms were played."""
    loop = asyncio.get_running_loop()
    begun, rooms, settled = loop.time(), 0, 0.0
    while (passed := loop.time() - begun) < MINUTES * 60:
        shape = {"sellers": 3, "rounds": 3, "provider": "lm_studio"}
        await play(http, await open_rooms(http, _ROOMS, **shape))
        rooms += _ROOMS
        if passed < _SETTLED:
            settled = resident_mb(pid)
        await asyncio.sleep(_PAUSE)
    return settled, resident_mb(pid), rooms


async def _ways(http: httpx.AsyncClient) -> dict[str, Way]:
    answer = (await http.get("/api/v1/telemetry/exporters")).raise_for_status()
    return {
        name: Way(each["waiting"], each["delivered"], each["lost"])
        for name, each in answer.json().items()
    }


async def _drain(http: httpx.AsyncClient) -> dict[str, Way]:
    """Waits until nothing waits any more, for some minutes at most."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _DRAINED
    ways = await _ways(http)
    while any(way.waiting for way in ways.values()) and loop.time() < end:
        await asyncio.sleep(1)
        ways = await _ways(http)
    return ways


def _told(before: dict[str, Way], after: dict[str, Way]) -> list[Figure]:
    return [
        Figure(
            f"… {name}: waiting then, delivered later, still waiting, lost",
            f"{before[name].waiting}, {way.delivered}, {way.waiting}, {way.lost}",
            "none still waiting",
            way.waiting == 0,
        )
        for name, way in after.items()
    ]
