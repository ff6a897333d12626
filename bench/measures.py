"""What is measured. Each measure returns rows of a table: what, how much, whether it is enough."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from bench.figure import Figure
from bench.market import open_rooms, play, start, watch
from bench.processes import client, service, vendor

TIMES = 5
"""Whatever else the machine does adds time and never takes any away: the best run counts."""

LATENCY = 0.2
ROUNDS = 5


@asynccontextmanager
async def with_models(latency: float = LATENCY) -> AsyncIterator[httpx.AsyncClient]:
    with (
        vendor(latency) as base_url,
        service(LM_STUDIO_BASE_URL=base_url, LLM_PROVIDER="lm_studio") as url,
    ):
        async with client(url) as http:
            await play(http, await open_rooms(http, 3, sellers=2, rounds=2, provider="lm_studio"))
            yield http


async def rounds() -> list[Figure]:
    """A round asks the buyer, then ten sellers at once: two latencies, whatever the number."""
    async with with_models() as http:
        seconds = []
        for _ in range(TIMES):
            rooms = await open_rooms(http, 1, sellers=10, rounds=ROUNDS, provider="lm_studio")
            seconds.append(await play(http, rooms))
    ideal = LATENCY * 2 * ROUNDS + LATENCY  # and the decision after the last round
    ratio = min(seconds) / ideal
    return [
        Figure(
            "a round with 10 sellers, against buyer + slowest seller",
            f"{ratio:.2f} ×",
            "≤ 1.15 ×",
            ratio <= 1.15,
        )
    ]


async def crowds() -> list[Figure]:
    """Rooms at the same time, three sellers in each."""
    figures = []
    async with with_models() as http:
        one = await _crowd(http, 1)
        for count, limit in ((20, 1.15), (100, 1.5)):
            ratio = await _crowd(http, count) / one
            figures.append(
                Figure(
                    f"{count} rooms at once, against one room",
                    f"{ratio:.2f} ×",
                    f"≤ {limit} ×",
                    ratio <= limit,
                )
            )
    return figures


async def _crowd(http: httpx.AsyncClient, count: int) -> float:
    seconds = []
    for _ in range(TIMES):
        rooms = await open_rooms(http, count, sellers=3, rounds=ROUNDS, provider="lm_studio")
        seconds.append(await play(http, rooms))
    return min(seconds)


async def offline(count: int = 400) -> list[Figure]:
    """Rooms played by offline agents, every event stored; three sellers in each."""
    shape = {"sellers": 3, "rounds": 10, "provider": "offline", "min_rounds": 2}
    with service() as url:
        async with client(url) as http:
            await play(http, await open_rooms(http, 50, **shape))
            rates = []
            for _ in range(TIMES):
                rooms = await open_rooms(http, count, **shape)
                rates.append(count / await play(http, rooms))
            stored = len(await watch(http, rooms[0])) - 1
    rate = max(rates)
    return [
        Figure("offline rooms finished per second", f"{rate:.0f}", "≥ 100", rate >= 100),
        Figure("… events stored in each", str(stored)),
    ]


async def subscribers(count: int = 500) -> list[Figure]:
    """One room, watched by many: what each receives, and how long after it was said."""
    async with with_models() as http:
        [room] = await open_rooms(http, 1, sellers=3, rounds=ROUNDS, provider="lm_studio")
        ready = [asyncio.Event() for _ in range(count)]
        watching = [asyncio.create_task(watch(http, room, event)) for event in ready]
        await asyncio.gather(*(event.wait() for event in ready))
        await start(http, room)
        received = await asyncio.gather(*watching)
    lists = [[event["type"] for _, event in events] for events in received]
    alike = sum(kinds == lists[0] for kinds in lists)
    delays = sorted(
        1000 * delay
        for events in received
        for delay, event in events
        if event["type"] not in ("connected", "heartbeat")
    )
    p50, p99 = delays[len(delays) // 2], delays[len(delays) * 99 // 100]
    return [
        Figure(
            f"{count} subscribers of one room: how many got every event",
            str(alike),
            str(count),
            alike == count,
        ),
        Figure("… delay after an event was written, p50 / p99", f"{p50:.0f} / {p99:.0f} ms"),
    ]
