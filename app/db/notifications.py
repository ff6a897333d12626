"""Tells whoever waits that something they read has grown, in this process and in the others.

A notification carries no content: the waiter reads the log. It is sent by `NOTIFY`, inside the
transaction that makes it true, and to waiters of the same process directly after the commit, so
that they don't wait for the way round through the database.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import structlog
from psycopg.sql import SQL, Identifier
from sqlalchemy import text

from app.db.engine import Address
from app.db.unit_of_work import UnitOfWork
from app.kit.frozen import frozen
from app.kit.ids import new_id

log = structlog.get_logger()

Waiter = Callable[[int | None], None]
"""Is told the position up to which there is something new; None: unknown, go and look."""

_CHANNEL = "parley"
_PAYLOAD = re.compile(r"(?P<origin>\w+) (?P<topic>\S+) (?P<position>-?[0-9]+)")
_RECONNECT_SECONDS = 1.0
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


@frozen
class Notice:
    """The arguments of `pg_notify`."""

    channel: str
    payload: str


class Notifications:
    def __init__(self, address: Address) -> None:
        self._address = address
        self._origin = new_id().hex[:12]
        self._waiters: dict[str, set[Waiter]] = {}

    @contextmanager
    def waiting(self, topic: str, waiter: Waiter) -> Iterator[None]:
        """Has `waiter` called for every notification on `topic` while the block runs."""
        waiters = self._waiters.setdefault(topic, set())
        waiters.add(waiter)
        try:
            yield
        finally:
            waiters.discard(waiter)
            if not waiters:
                self._waiters.pop(topic, None)

    def notice(self, unit: UnitOfWork, topic: str, position: int) -> Notice:
        """Word that `topic` has grown to `position`: for a statement of `unit` to send by
        `pg_notify`. Waiters of this process are told as soon as `unit` is committed."""
        unit.after_commit(lambda: self._tell(topic, position))
        return Notice(_CHANNEL, f"{self._origin} {topic} {position}")

    async def publish(self, unit: UnitOfWork, topic: str, position: int) -> None:
        """Announces, if the unit of work is committed, that `topic` has grown to `position`."""
        notice = self.notice(unit, topic, position)
        await unit.session.execute(_NOTIFY, {"channel": notice.channel, "payload": notice.payload})

    async def listen(self) -> None:
        """Passes on what other processes publish, until cancelled. Survives a lost database:
        after every reconnect all waiters are told to look for themselves."""
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                log.warning("notifications.lost", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen_once(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._address.libpq,
            autocommit=True,
            connect_timeout=5,
            application_name="parley-listen",
        )
        async with connection:
            await connection.execute(SQL("LISTEN {}").format(Identifier(_CHANNEL)))
            for topic in list(self._waiters):
                self._tell(topic, None)
            async for notify in connection.notifies():
                self._heard(notify.payload)

    def _heard(self, payload: str) -> None:
        said = _PAYLOAD.fullmatch(payload)
        if said is None:
            log.warning("notifications.not_understood")  # whoever can connect can write here
        elif said["origin"] != self._origin:
            self._tell(said["topic"], int(said["position"]))

    def _tell(self, topic: str, position: int | None) -> None:
        for waiter in list(self._waiters.get(topic, ())):
            waiter(position)
