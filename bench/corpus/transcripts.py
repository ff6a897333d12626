"""Writes the transcripts of the corpus: negotiations that the offline agents play on a real
service, in the two forms in which models get to read them. `python -m bench.corpus.transcripts`.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.market import Room, play
from bench.processes import client, service

_HERE = Path(__file__).parent
_ITEMS = {
    "lap": ('Laptop 14" 16 GB', 40, 700, 985),
    "mon": ('Monitor 27"', 25, 180, 260),
    "dock": ("Docking station", 40, 85, 139),
}
_SELLERS = {
    "TechStore": ("maximize_profit", "rude", {"lap": (640, 790, 1090), "mon": (150, 199, 289)}),
    "Harbour Supplies": (
        "customer_retention",
        "very_sweet",
        {"lap": (655, 760, 1049), "dock": (70, 94, 149)},
    ),
    "Brandt & Sohn": (
        "maximize_profit",
        "neutral",
        {"lap": (648, 805, 1120), "mon": (155, 205, 299), "dock": (72, 99, 155)},
    ),
}
_RULES = """Rules of the market:
- The buyer speaks first in every round; sellers answer in the order in which they were addressed.
- Only sellers make offers. An offer stands until the same seller makes another.
- A price is for one unit, in USD, without tax. Delivery is free from 10 units on.
- The buyer may decide after the third round, and has to after the last."""
_SYSTEM = (
    "You judge finished negotiations. Name what each side did well, and quote the words you mean."
)
_SEAT = "You are the buyer's adviser. Say in one sentence what the buyer should do next, and why."


def _market() -> dict[str, Any]:
    return {
        "buyer": {
            "name": "Nordwind Retail",
            "shopping_list": [
                {
                    "item_id": item,
                    "item_name": name,
                    "quantity_needed": count,
                    "min_price_per_unit": low,
                    "max_price_per_unit": high,
                }
                for item, (name, count, low, high) in _ITEMS.items()
            ],
        },
        "sellers": [
            {
                "name": name,
                "profile": {"priority": priority, "speaking_style": style},
                "inventory": [
                    {
                        "item_id": item,
                        "item_name": _ITEMS[item][0],
                        "quantity_available": 80,
                        "cost_price": cost,
                        "least_price": least,
                        "selling_price": price,
                    }
                    for item, (cost, least, price) in stock.items()
                ],
            }
            for name, (priority, style, stock) in _SELLERS.items()
        ],
        "llm_config": {"model": "offline", "provider": "offline"},
        "max_rounds": 7,
        "min_rounds": 3,
        "seed": 11,
    }


async def _logs() -> list[dict[str, Any]]:
    with service() as url:
        async with client(url) as http:
            made = (await http.post("/api/v1/simulation/initialize", json=_market())).json()
            rooms = [
                Room(made["session_id"], room["room_id"]) for room in made["negotiation_rooms"]
            ]
            await play(http, rooms)
            paths = (f"/api/v1/logs/{room.session_id}/{room.room_id}" for room in rooms)
            return [(await http.get(path)).json() for path in paths]


def _introduction(log: dict[str, Any]) -> str:
    buyer = log["buyer"]
    sellers = "\n".join(
        f"- {seller['name']}: {seller['profile']['priority'].replace('_', ' ')}, "
        f"speaks {seller['profile']['speaking_style'].replace('_', ' ')}"
        for seller in log["sellers"]
    )
    return (
        f"# {log['metadata']['item_name']}\n\n{_RULES}\n\n{buyer['name']} wants "
        f"{buyer['quantity_needed']} units.\n\nSellers:\n{sellers}"
    )


def _lines(log: dict[str, Any]) -> list[str]:
    return [f"{said['sender_name']}: {said['message']}" for said in log["conversation_history"]]


def _judged(logs: list[dict[str, Any]]) -> str:
    rooms = "\n\n\n".join(f"{_introduction(log)}\n\n" + "\n\n".join(_lines(log)) for log in logs)
    return f"--- system\n{_SYSTEM}\n--- user\n{rooms}\n\nWhich of the sellers did best, and why?\n"


def _advised(log: dict[str, Any]) -> Iterator[str]:
    """The usual way to keep an adviser informed: the whole conversation in every turn."""
    yield f"--- system\n{_SEAT}\n\n{_introduction(log)}\n"
    lines, buyer = _lines(log), log["buyer"]["name"]
    turns = [place for place, line in enumerate(lines) if line.startswith(buyer)][1:5]
    for turn in turns:
        so_far = "\n\n".join(lines[:turn])
        yield f"--- user\nThe conversation so far:\n\n{so_far}\n\nWhat should the buyer do?\n"
        yield f"--- assistant\n{lines[turn].removeprefix(buyer + ': ')}\n"


async def main() -> None:
    logs = await _logs()
    _HERE.joinpath("transcript-judged.md").write_text(_judged(logs), "utf-8")
    _HERE.joinpath("transcript-advised.md").write_text("".join(_advised(logs[0])), "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
