"""Contract §5 and §6: logs of deleted sessions are kept for a while, and then no longer."""

from datetime import UTC, datetime, timedelta

import pytest

from app.db import Database
from app.negotiation import Retention
from tests.functional.client import Market, refused
from tests.functional.conftest import RunMarket
from tests.functional.marketplaces import marketplace


async def deleted(market: Market) -> tuple[str, str]:
    """A session that was played and removed, and its room."""
    made = await market.initialize(marketplace())
    room_id = made["negotiation_rooms"][0]["room_id"]
    await market.play(room_id)
    await market.delete(made["session_id"])
    return made["session_id"], room_id


async def expire(database: Database, *, days: float) -> None:
    """What the hourly job does, that many days from now."""
    moment = datetime.now(UTC) + timedelta(days=days)
    await Retention(database, lambda: moment, days=7).expire()


@pytest.mark.parametrize(("setting", "kept"), [({}, 7), ({"LOG_RETENTION_DAYS": "2"}, 2)])
async def test_logs_are_kept_as_long_as_they_should_be(
    run_market: RunMarket, database: Database, setting: dict[str, str], kept: int
) -> None:
    async with run_market(**setting) as market:
        session_id, room_id = await deleted(market)
        await expire(database, days=kept - 0.1)
        assert (await market.log(session_id, room_id))["metadata"]["room_id"] == room_id
        await expire(database, days=kept + 0.1)

        path = f"/api/v1/logs/{session_id}/{room_id}"
        refused(await market.http.get(path), 404, "LOG_NOT_FOUND")


async def test_logs_of_sessions_that_live_do_not_expire(
    run_market: RunMarket, database: Database
) -> None:
    async with run_market() as market:
        made = await market.initialize(marketplace())
        room_id = made["negotiation_rooms"][0]["room_id"]
        await market.play(room_id)
        await expire(database, days=1000)

        assert (await market.log(made["session_id"], room_id))["rounds"] >= 1
