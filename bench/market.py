"""A marketplace to measure on, and what is done with it, over the public API alone."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import httpx
import orjson

Row = dict[str, Any]


def marketplace(
    *, rooms: int, sellers: int, rounds: int, provider: str, min_rounds: int | None = None
) -> Row:
    """`rooms` items (ten at most) that every one of `sellers` has."""
    items = [f"Item {number}" for number in range(rooms)]
    return {
        "buyer": {
            "name": "Buyer",
            "shopping_list": [
                {
                    "item_id": item,
                    "item_name": item,
                    "quantity_needed": 1,
                    "min_price_per_unit": 500,
                    "max_price_per_unit": 950,
                }
                for item in items
            ],
        },
        "sellers": [
            {
                "name": f"Seller {number}",
                "profile": {"priority": "maximize_profit", "speaking_style": "neutral"},
                "inventory": [
                    {
                        "item_id": item,
                        "item_name": item,
                        "cost_price": 400,
                        "least_price": 600 + number,
                        "selling_price": 1000,
                        "quantity_available": 100,
                    }
                    for item in items
                ],
            }
            for number in range(sellers)
        ],
        "llm_config": {"model": "bench", "provider": provider},
        "max_rounds": rounds,
        "min_rounds": min_rounds or rounds,
        "seed": 7,
    }


async def open_rooms(http: httpx.AsyncClient, count: int, **shape: Any) -> list[str]:
    """The ids of `count` rooms, in as many sessions of ten as it takes."""
    ids: list[str] = []
    while len(ids) < count:
        rooms = min(10, count - len(ids))
        body = marketplace(rooms=rooms, **shape)
        answer = await http.post("/api/v1/simulation/initialize", json=body)
        answer.raise_for_status()
        ids += [room["room_id"] for room in answer.json()["negotiation_rooms"]]
    return ids


async def start(http: httpx.AsyncClient, room_id: str) -> None:
    (await http.post(f"/api/v1/negotiation/{room_id}/start")).raise_for_status()


async def finished(http: httpx.AsyncClient, room_id: str) -> Row:
    """Watches a room to its end; returns the last event."""
    events = await watch(http, room_id)
    return events[-1][1]


async def watch(
    http: httpx.AsyncClient, room_id: str, ready: asyncio.Event | None = None
) -> list[tuple[float, Row]]:
    """Every event of a room with the moment at which it arrived, up to its end."""
    events: list[tuple[float, Row]] = []
    async with http.stream("GET", f"/api/v1/negotiation/{room_id}/stream?from=0") as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                events.append((time.time(), orjson.loads(line[6:])))
                if ready is not None:
                    ready.set()
                if events[-1][1]["type"] == "negotiation_complete":
                    return events
    raise RuntimeError("the stream ended before the room did")


async def play(http: httpx.AsyncClient, room_ids: Sequence[str]) -> float:
    """Plays rooms at the same time; returns the seconds until the last has ended, by its own
    clock: from the first start to the last end that the service recorded."""
    begun = time.perf_counter()
    watching = [asyncio.create_task(finished(http, room_id)) for room_id in room_ids]
    await asyncio.gather(*(start(http, room_id) for room_id in room_ids))
    await asyncio.gather(*watching)
    return time.perf_counter() - begun
