"""Turns that begin as answers end: one may wait for the other's transaction, and never both."""

import asyncio
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from app.chat.conversations.repository import Conversations
from app.chat.errors import GenerationActive
from app.chat.events import Said
from app.chat.generations import GenerationLogs
from app.db import Address, Database
from tests.chat.generations.conftest import OpenHost
from tests.chat.generations.turns import TENANT, Turn, begin
from tests.crash.log import rows, until

OLD = "UPDATE chat_hosts SET beat_at = now() - interval '1 hour' RETURNING 1"
WAITING = """
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.mark.parametrize("by", ["its maker", "another host"])
async def test_an_end_waits_for_the_turn_that_begins(
    database: Database, open_host: OpenHost, clean_address: Address, by: str
) -> None:
    async with open_host() as logs, open_host() as other:
        turn = await begin(database, logs)
        with capture_logs() as said:
            async with database.begin(TENANT) as unit:
                await Conversations(unit).get(turn.conversation_id, lock=True)
                if by == "its maker":
                    ending = asyncio.ensure_future(turn.log.end(turn.said()))
                else:
                    rows(clean_address, OLD)
                    ending = asyncio.ensure_future(_ended_by(other, turn))
                await until(clean_address, WAITING)
                with pytest.raises(GenerationActive):
                    await logs.open(
                        unit,
                        conversation_id=turn.conversation_id,
                        message_id=turn.message_id,
                        model=None,
                    )
            await ending
        await turn.log.end(turn.said())
    assert "generations.database_away" not in [line["event"] for line in said]


async def _ended_by(host: GenerationLogs, turn: Turn) -> None:
    await host.ensure_idle(TENANT, turn.conversation_id)


async def test_many_at_once(open_host: OpenHost, clean_address: Address) -> None:
    """Of several hosts that end several answers with each write. What PostgreSQL counted is sure
    when all connections are closed."""
    [before] = rows(clean_address, DEADLOCKS)
    database = Database(clean_address)
    with capture_logs() as said:
        async with open_host() as one, open_host() as other:
            turns = [await begin(database, host) for host in (one, other) * 4]
            for _ in range(20):
                turns = await _all_again(database, (one, other), turns)
            await asyncio.gather(*(turn.log.end(turn.said()) for turn in turns))
    await database.aclose()
    assert rows(clean_address, DEADLOCKS) == [before]
    assert "generations.database_away" not in [line["event"] for line in said]


async def _all_again(
    database: Database, hosts: tuple[GenerationLogs, GenerationLogs], turns: list[Turn]
) -> list[Turn]:
    """Ends all, while two more begin in each conversation, of which one gets its turn."""
    for turn in turns:
        turn.log.add(Said("More"))
    ends = [asyncio.ensure_future(turn.log.end(turn.said())) for turn in turns]
    began = await asyncio.gather(
        *(_next(database, host, turn.conversation_id) for turn in turns for host in hosts)
    )
    await asyncio.gather(*ends)
    following = [turn for turn in began if turn is not None]
    idle = {turn.conversation_id for turn in turns} - {each.conversation_id for each in following}
    return [*following, *[await begin(database, hosts[0], conversation_id=each) for each in idle]]


async def _next(database: Database, logs: GenerationLogs, conversation_id: UUID) -> Turn | None:
    try:
        return await begin(database, logs, conversation_id=conversation_id)
    except GenerationActive:
        return None
