"""Rooms that are played slowly enough for something to happen to them."""

from typing import Any

from tests.functional.client import Market
from tests.functional.marketplaces import marketplace

RUNNING = "SELECT FROM procrastinate_jobs WHERE status = 'doing' AND attempts = %s"
NO_JOBS = "SELECT WHERE NOT EXISTS (SELECT FROM procrastinate_jobs)"


def modelled() -> dict[str, Any]:
    """What makes models play, whose latency is the pace."""
    return {"llm_config": {"model": "fake-small", "provider": "openai"}, "pace_seconds": 0}


async def started_room(market: Market, *, rounds: int = 6, **more: Any) -> str:
    """A room that takes so many rounds: nobody may accept before."""
    body = marketplace(
        **{"pace_seconds": 0.15, "min_rounds": rounds, "max_rounds": rounds + 1, **more}
    )
    session = await market.initialize(body)
    room_id: str = session["negotiation_rooms"][0]["room_id"]
    await market.start(room_id)
    return room_id


async def finished_room(market: Market) -> None:
    """Something to show that whoever is left still works."""
    session = await market.initialize(marketplace())
    events = await market.play(session["negotiation_rooms"][0]["room_id"])
    assert events[-1].name == "negotiation_complete"
