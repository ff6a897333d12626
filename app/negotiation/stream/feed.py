"""One reader of a room's log per process, whoever and however many watch."""

import asyncio
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from app.db import Database, Notifications
from app.kit import sse
from app.kit.frozen import frozen
from app.negotiation.events import RunEnded
from app.negotiation.journal import GONE, topic
from app.negotiation.repository import Logged, Market
from app.negotiation.wire import WireFormat, stream_name
from app.web import Signal

_KEPT = 2000
"""Frames that are held for watchers of one room; who lags further behind reads the log."""


@frozen
class Sent:
    """An event as it goes out. `ends` is the run that it ends, if it ends one."""

    seq: int
    frame: bytes
    ends: UUID | None


class Feed:
    """The tail of a room's log, encoded once. Watchers keep their own place in it; the log is the
    buffer, so a slow one costs nothing."""

    def __init__(
        self, database: Database, tenant_id: str, room_id: UUID, wire: WireFormat, after: int
    ) -> None:
        self._database = database
        self._tenant_id = tenant_id
        self._room_id = room_id
        self._wire = wire
        self._start = after
        self._end = after
        self._tail: list[Sent] = []
        self._stale = True
        self._reading = asyncio.Lock()
        self._signal = Signal()
        self.gone = False

    def heard(self, position: int | None) -> None:
        """A notification's waiter."""
        if position == GONE:
            self.gone = True
        elif position is not None and position <= self._end:
            return
        self._stale = True
        self._signal.ring()

    def changed(self) -> asyncio.Future[None]:
        """Is done as soon as there may be more to read."""
        return self._signal.turn()

    def doubt(self) -> None:
        """Has the log looked at again, in case a notification was lost."""
        self._stale = True

    async def after(self, seq: int) -> list[Sent]:
        """What follows `seq`, in order; empty when there is nothing yet."""
        await self._catch_up()
        if seq < self._start:
            return await self._read(seq)
        return self._tail[bisect_right(self._tail, seq, key=lambda sent: sent.seq) :]

    async def _catch_up(self) -> None:
        async with self._reading:
            if not self._stale:
                return
            self._stale = False
            try:
                self._tail += await self._read(self._end)
            except BaseException:
                self._stale = True
                raise
            if self._tail:
                self._end = self._tail[-1].seq
            if len(self._tail) > _KEPT:
                del self._tail[:-_KEPT]
                self._start = self._tail[0].seq - 1

    async def _read(self, seq: int) -> list[Sent]:
        async with self._database.read(self._tenant_id) as unit:
            logged = await Market(unit).events_after(self._room_id, seq)
        return [self._encode(entry) for entry in logged]

    def _encode(self, entry: Logged) -> Sent:
        data = self._wire.render(entry.event, entry.at)
        frame = sse.encode(stream_name(entry.event), data, event_id=entry.seq)
        return Sent(entry.seq, frame, entry.run_id if isinstance(entry.event, RunEnded) else None)


class Feeds:
    """The feeds of the rooms that are watched in this process now."""

    def __init__(self, database: Database, notifications: Notifications) -> None:
        self._database = database
        self._notifications = notifications
        self._feeds: dict[UUID, tuple[Feed, int]] = {}

    @contextmanager
    def watching(
        self, tenant_id: str, room_id: UUID, wire: WireFormat, after: int
    ) -> Iterator[Feed]:
        """The room's feed, which lives as long as somebody watches."""
        feed, watchers = self._feeds.get(room_id, (None, 0))
        if feed is None:
            feed = Feed(self._database, tenant_id, room_id, wire, after)
        self._feeds[room_id] = (feed, watchers + 1)
        try:
            with self._notifications.waiting(topic(room_id), feed.heard):
                yield feed
        finally:
            _, watchers = self._feeds[room_id]
            if watchers > 1:
                self._feeds[room_id] = (feed, watchers - 1)
            else:
                del self._feeds[room_id]
