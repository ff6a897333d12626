"""Killed at any moment, the service loses nothing and doubles nothing."""

import asyncio
import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from app.db import Address
from tests.crash.log import assert_every_event_once, log_of, rows, until
from tests.crash.processes import Processes
from tests.crash.rooms import NO_JOBS, modelled, started_room
from tests.crash.viewer import Viewer
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI
from tests.functional.client import Subscription, market_at, stored

pytestmark = pytest.mark.crash

KILLS = 3


@pytest.fixture
def chance() -> random.Random:
    """To see a failure again: CRASH_SEED=<what it printed>."""
    seed = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(10**6))
    print(f"CRASH_SEED={seed}")  # noqa: T201  # shown when the test fails
    return random.Random(seed)


def asked(fake: FakeOpenAI) -> Counter[tuple[str, str]]:
    """How often each seat was asked for each of its turns."""
    return Counter(map(_turn, fake.calls))


def _turn(body: dict[str, Any]) -> tuple[str, str]:
    system, turn = (str(message["content"]) for message in body["messages"])
    name = re.search(r'You are "(.+?)"', system)
    place = re.search(r"round \d+ of \d+( is over)?", turn, re.IGNORECASE)
    assert name, system
    assert place, turn
    return name[1], place[0].lower()


def repeated_steps(turns: Counter[tuple[str, str]]) -> Iterator[tuple[bool, str]]:
    """The steps (the buyer's turn, the sellers' turns of a round) in which a seat was asked more
    than once."""
    yield from {(seat == "Alice", place) for (seat, place), times in turns.items() if times > 1}


async def test_killed_in_mid_round_by_models(
    processes: Processes, clean_address: Address, chance: random.Random
) -> None:
    async with FakeOpenAI(reply=negotiate, latency=0.15) as fake:
        settings = {"OPENAI_API_KEY": "sk-crash", "OPENAI_BASE_URL": fake.base_url}
        running = await processes.serve(**settings)
        async with market_at(running.url) as market:
            room_id = await started_room(market, **modelled())
        viewer = Viewer(lambda: running.url, room_id)
        async with asyncio.TaskGroup() as group:
            group.create_task(viewer.follow())
            for _ in range(KILLS):
                await viewer.drawn(len(viewer.ids) + chance.randint(1, 12))
                await asyncio.sleep(chance.uniform(0, 0.3))  # what is random is the moment
                await running.kill()
                running = await processes.serve(**settings, PORT=running.port)
        turns = asked(fake)
    assert_every_event_once(clean_address, room_id, viewer.events)
    assert viewer.visits > KILLS
    assert len(list(repeated_steps(turns))) <= KILLS, turns
    assert max(turns.values()) <= 1 + KILLS
    await until(clean_address, NO_JOBS)


async def test_nobody_is_asked_twice_without_a_crash(processes: Processes) -> None:
    """Or the count above would mean nothing."""
    async with FakeOpenAI(reply=negotiate) as fake:
        running = await processes.serve(OPENAI_API_KEY="sk-crash", OPENAI_BASE_URL=fake.base_url)
        async with market_at(running.url) as market:
            room_id = await started_room(market, **modelled())
            await market.events(room_id)
        turns = asked(fake)
    assert set(turns.values()) == {1}
    assert len(turns) == 6 * 4 + 1, json.dumps(sorted(turns))


async def test_coming_back_without_a_place(
    processes: Processes, clean_address: Address, chance: random.Random
) -> None:
    """The client that forgot where it was is sent what follows the room's mark: nothing up to the
    mark again, and the mark never lies beyond what it was sent."""
    running = await processes.serve()
    async with market_at(running.url) as market:
        room_id = await started_room(market, pace_seconds=0.05)
        async with market.watch(room_id) as subscription:
            before = await _events_until(subscription, chance.randint(4, 12))
            await until(
                clean_address, "SELECT 1 FROM rooms WHERE id = %s AND delivered_seq > 3", room_id
            )
            await running.kill()
            before += await _events_until(subscription, None)
    [(mark,)] = rows(clean_address, "SELECT delivered_seq FROM rooms WHERE id = %s", room_id)
    running = await processes.serve()
    async with market_at(running.url) as market:
        after = stored(await market.events(room_id))
    log = [seq for seq, _ in log_of(clean_address, room_id)]
    assert 3 < mark <= before[-1]
    assert [event.id for event in after] == [seq for seq in log if seq > mark]


async def _events_until(subscription: Subscription, count: int | None) -> list[int]:
    """The places of the next events, so many or all up to where the connection is cut."""
    places: list[int] = []
    with suppress(httpx.HTTPError):
        while len(places) != count and (event := await subscription.next()) is not None:
            places += [] if event.id is None else [event.id]
    return places
