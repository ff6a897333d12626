"""A marketplace to measure on, and what is done with it, over the public API alone."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import orjson

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Room:
    session_id: str
    room_id: str


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


async def open_rooms(http: httpx.AsyncClient, count: int, **shape: Any) -> list[Room]:
    """`count` rooms, in as many sessions of ten as it takes."""
    rooms: list[Room] = []
    while len(rooms) < count:
        body = marketplace(rooms=min(10, count - len(rooms)), **shape)
        answer = await http.post("/api/v1/simulation/initialize", json=body)
        answer.raise_for_status()
        made = answer.json()
        rooms += [Room(made["session_id"], r["room_id"]) for r in made["negotiation_rooms"]]
    return rooms


async def start(http: httpx.AsyncClient, room: Room) -> None:
    (await http.post(f"/api/v1/negotiation/{room.room_id}/start")).raise_for_status()


async def play(http: httpx.AsyncClient, rooms: Sequence[Room]) -> float:
    """Plays rooms at the same time. Returns the seconds from the first start to the last end, as
    their logs have it: neither asking nor watching is part of what is measured."""
    await asyncio.gather(*(start(http, room) for room in rooms))
    for room in reversed(rooms):
        while not await _over(http, room):  # noqa: ASYNC110  # over HTTP, and seldom: it costs, too
            await asyncio.sleep(0.3)
        if room is rooms[-min(3, len(rooms))]:
            break
    await asyncio.sleep(1)
    logs = [await _log(http, room) for room in rooms]
    begun = min(_moment(log["started_at"]) for log in logs)
    return max(_moment(log["ended_at"]) for log in logs) - begun


async def _over(http: httpx.AsyncClient, room: Room) -> bool:
    state = (await http.get(f"/api/v1/negotiation/{room.room_id}/state")).json()
    return state["status"] in ("completed", "aborted")


async def _log(http: httpx.AsyncClient, room: Room) -> Row:
    while not await _over(http, room):  # noqa: ASYNC110  # the same
        await asyncio.sleep(0.3)
    answer = await http.get(f"/api/v1/logs/{room.session_id}/{room.room_id}")
    metadata: Row = answer.json()["metadata"]
    return metadata


def _moment(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


async def watch(
    http: httpx.AsyncClient, room: Room, ready: asyncio.Event | None = None
) -> list[tuple[float, Row]]:
    """Every event of a room with its delay in seconds, up to its end."""
    events: list[tuple[float, Row]] = []
    path = f"/api/v1/negotiation/{room.room_id}/stream?from=0"
    async with http.stream("GET", path) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                event = orjson.loads(line[6:])
                events.append((time.time() - _moment(event["timestamp"]), event))
                if ready is not None:
                    ready.set()
                if event["type"] == "negotiation_complete":
                    return events
    raise RuntimeError("the stream ended before the room did")
