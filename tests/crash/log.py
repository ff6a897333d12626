"""What stands in the database, read past the service."""

import asyncio
import time
from typing import Any

import psycopg

from app.db import Address
from tests.crash.processes import PATIENCE_SECONDS
from tests.functional.client import Event


def rows(address: Address, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(address.libpq, autocommit=True) as connection:
        return connection.execute(query.encode(), parameters).fetchall()


def log_of(address: Address, room_id: str) -> list[tuple[int, str]]:
    """The room's events: place and type, in order."""
    query = "SELECT seq, type FROM room_events WHERE room_id = %s ORDER BY seq"
    return [(seq, kind) for seq, kind in rows(address, query, room_id)]


def assert_every_event_once(address: Address, room_id: str, events: list[Event]) -> None:
    """`events` are the whole log, each once, in order, with one outcome at the end."""
    log = log_of(address, room_id)
    assert [seq for seq, _ in log] == list(range(1, len(log) + 1))
    assert [event.id for event in events] == [seq for seq, _ in log]
    kinds = [kind for _, kind in log]
    assert kinds.count("decision") == kinds.count("negotiation_complete") == 1
    assert kinds[-2:] == ["decision", "negotiation_complete"]


async def until(address: Address, query: str, *parameters: object) -> None:
    """Waits until the query has a row."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not await asyncio.to_thread(rows, address, query, *parameters):
        assert time.monotonic() < end, f"still no row: {query}"
        await asyncio.sleep(0.02)
