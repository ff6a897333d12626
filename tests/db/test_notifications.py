"""Whoever waits for something is told when it has grown, wherever that was."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy import text

from app.db import Address, Database, Notifications

PATIENCE_SECONDS = 30.0


class Ear:
    """A waiter that keeps what it was told."""

    def __init__(self) -> None:
        self.heard: list[int | None] = []
        self._bell = asyncio.Event()

    def __call__(self, position: int | None) -> None:
        self.heard.append(position)
        self._bell.set()

    async def hears(self, position: int | None) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while position not in self.heard:
                self._bell.clear()
                await self._bell.wait()


@asynccontextmanager
async def listening(address: Address) -> AsyncIterator[Notifications]:
    """As another process would; returns when it hears."""
    notifications = Notifications(address)
    task = asyncio.create_task(notifications.listen())
    ear = Ear()
    with notifications.waiting("open", ear):
        await ear.hears(None)  # told after every connect
    try:
        yield notifications
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def announce(
    database: Database, notifications: Notifications, topic: str, position: int
) -> None:
    async with database.begin("default") as unit:
        await notifications.publish(unit, topic, position)


async def test_in_one_process_right_after_the_commit(
    database: Database, clean_address: Address
) -> None:
    """Without listening: the way round through the database isn't needed."""
    notifications, ear, other = Notifications(clean_address), Ear(), Ear()
    with notifications.waiting("a", ear), notifications.waiting("b", other):
        async with database.begin("default") as unit:
            await notifications.publish(unit, "a", 3)
            assert ear.heard == []
        assert ear.heard == [3]
    assert other.heard == []


async def test_its_own_announcement_is_heard_once(
    database: Database, clean_address: Address
) -> None:
    ear = Ear()
    async with listening(clean_address) as one, listening(clean_address) as other:
        with one.waiting("a", ear):
            await announce(database, one, "a", 1)
            await announce(database, other, "a", 2)
            await ear.hears(2)
    assert ear.heard == [1, 2]


async def test_across_processes(database: Database, clean_address: Address) -> None:
    near, far = Ear(), Ear()
    async with listening(clean_address) as here, listening(clean_address) as there:
        with here.waiting("a", near), there.waiting("a", far):
            await announce(database, here, "a", 5)
            await far.hears(5)
    assert near.heard == far.heard == [5]


async def test_what_is_rolled_back_is_told_nobody(
    database: Database, clean_address: Address
) -> None:
    near, far = Ear(), Ear()

    async def fail(notifications: Notifications) -> None:
        async with database.begin("default") as unit:
            await notifications.publish(unit, "a", 1)
            raise ZeroDivisionError

    async with listening(clean_address) as here, listening(clean_address) as there:
        with here.waiting("a", near), there.waiting("a", far):
            with pytest.raises(ZeroDivisionError):
                await fail(here)
            await announce(database, here, "a", 2)
            await far.hears(2)
    assert near.heard == far.heard == [2]


async def test_after_its_connection_was_cut_it_says_so_and_listens_again(
    database: Database, clean_address: Address
) -> None:
    ear = Ear()
    async with listening(clean_address) as here:
        other = Notifications(clean_address)
        with here.waiting("a", ear):
            with psycopg.connect(clean_address.libpq, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND application_name = 'parley-listen'"
                )
            await ear.hears(None)  # something may have been missed
            await announce(database, other, "a", 9)
            await ear.hears(9)


async def test_who_waits_no_more_is_told_no_more(
    database: Database, clean_address: Address
) -> None:
    notifications, gone, stays = Notifications(clean_address), Ear(), Ear()
    with notifications.waiting("a", stays):
        with notifications.waiting("a", gone):
            await announce(database, notifications, "a", 1)
        await announce(database, notifications, "a", 2)
    await announce(database, notifications, "a", 3)
    assert (gone.heard, stays.heard) == ([1], [1, 2])


async def test_a_strangers_message_on_the_channel_stops_nothing(
    database: Database, clean_address: Address
) -> None:
    ear = Ear()
    async with listening(clean_address) as here:
        with here.waiting("a", ear):
            async with database.begin("default") as unit:
                await unit.session.execute(text("NOTIFY parley, 'what is this'"))
                await unit.session.execute(text("NOTIFY parley, 'x'"))
            await announce(database, Notifications(clean_address), "a", 4)
            await ear.hears(4)
