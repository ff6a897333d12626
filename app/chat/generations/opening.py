"""Puts the parts together, and owns what they do in the background."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from uuid import UUID

from app.chat.generations.hosts import Hosts
from app.chat.generations.log import GenerationLog
from app.chat.generations.reading import Readers
from app.chat.generations.service import GenerationLogs
from app.chat.generations.stopping import Stops
from app.chat.generations.storing import Store
from app.chat.generations.tail import Tail
from app.chat.generations.writer import GroupWriter
from app.db import DATABASE_ERRORS, Database, Notifications
from app.kit.clock import Clock
from app.kit.deadline import within
from app.kit.ids import new_id
from app.kit.owned import owned

_FLUSH_SECONDS = 2.0
_LEAVE_SECONDS = 1.0


@asynccontextmanager
async def open_generations(
    database: Database,
    notifications: Notifications,
    clock: Clock,
    *,
    heartbeat_interval: float,
    stalled_after: float,
    patience: float = 5.0,
) -> AsyncIterator[GenerationLogs]:
    """This process as a host; times in seconds. `drain` is to be called before the block ends.

    Answers are broken off when they couldn't be stored for `patience`.
    """
    host_id = new_id()
    here: dict[UUID, GenerationLog] = {}
    tail = Tail(database, notifications)
    writer = GroupWriter(Store(database, notifications, host_id), patience=patience)
    hosts = Hosts(
        database,
        notifications,
        clock,
        host_id,
        here=here.keys,
        interval=heartbeat_interval,
        stalled_after=stalled_after,
    )
    stops = Stops(
        database,
        notifications,
        clock,
        host_id,
        here=here,
        tail=tail,
        interval=heartbeat_interval,
    )
    readers = Readers(database, hosts, tail, here)
    await hosts.beat()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_leave, hosts)
        stack.push_async_callback(writer.flush, _FLUSH_SECONDS)
        await stack.enter_async_context(owned("generations", writer.run))
        await stack.enter_async_context(owned("watched generations", tail.run))
        await stack.enter_async_context(owned("hosts", hosts.run))
        await stack.enter_async_context(owned("stops", stops.run))
        yield GenerationLogs(
            database, clock, here=here, hosts=hosts, readers=readers, stops=stops, writer=writer
        )


async def _leave(hosts: Hosts) -> None:
    with suppress(*DATABASE_ERRORS, OSError):
        await within(_LEAVE_SECONDS, hosts.leave())
