"""A subscriber's stream: where it starts, what it sends, when it ends."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

import structlog

from app.db import DATABASE_ERRORS, Database
from app.kit import sse
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.negotiation.repository import Market
from app.negotiation.setup import RoomSetup, load_room
from app.negotiation.stream.ends import last_words
from app.negotiation.stream.feed import Feed, Feeds, Sent
from app.negotiation.stream.marks import DeliveryMarks
from app.web import Closing

log = structlog.get_logger()

MAX_AGE = timedelta(hours=1)
"""Then a stream ends, and the client comes back by itself to where it was."""

_PLACE = re.compile(r"[0-9]{1,9}")


@frozen
class Cursor:
    """Where a client says it is, as it says it: unusable places count as none."""

    last_event_id: str | None = None
    start: str | None = None

    def place(self, last_seq: int) -> int | None:
        """The header that a browser sends by itself counts before what stands in the address."""
        for text in (self.last_event_id, self.start):
            if text is not None and _PLACE.fullmatch(text) and int(text) <= last_seq:
                return int(text)
        return None


@frozen
class Watch:
    """A subscription: the room, the place to go on after, the run whose end ends the stream (None:
    whichever ends next)."""

    tenant_id: str
    setup: RoomSetup
    after: int
    run_id: UUID | None


class Watching:
    """Opens streams on rooms."""

    def __init__(
        self,
        database: Database,
        feeds: Feeds,
        marks: DeliveryMarks,
        clock: Clock,
        *,
        heartbeat_seconds: float,
    ) -> None:
        self._database = database
        self._feeds = feeds
        self._marks = marks
        self._clock = clock
        self._heartbeat = heartbeat_seconds

    async def subscribe(self, tenant_id: str, room_id: UUID, cursor: Cursor) -> Watch:
        """Raises `RoomNotFound`; a room that exists can always be watched."""
        known = self._marks.known(room_id)  # first: what isn't here by then is in the database
        async with self._database.read(tenant_id) as unit:
            market = Market(unit)
            setup = await load_room(market, room_id)
            last_seq = await market.last_seq(room_id)
        run = setup.run
        mark = max(setup.room.delivered_seq, known)
        place = cursor.place(last_seq)
        if run is None:
            return Watch(tenant_id, setup, place or 0, None)
        if place is not None:
            over = run.ended_at is not None and place == last_seq
            return Watch(tenant_id, setup, place, None if over else run.id)
        start = max(run.after_seq, mark)
        if run.ended_at is not None:
            start = min(start, last_seq - 1)
        return Watch(tenant_id, setup, start, run.id)

    async def stream(self, watch: Watch, closing: Closing) -> AsyncGenerator[bytes]:
        """The frames of a subscription, from `connected` to the end of its run."""
        room_id = watch.setup.room.id
        now = self._clock()
        yield sse.encode("connected", {"type": "connected", "room_id": room_id, "timestamp": now})
        if not watch.setup.participants:
            yield self._unserved(watch)
            return
        wire = watch.setup.wire
        with self._feeds.watching(watch.tenant_id, room_id, wire, watch.after) as feed:
            bell = asyncio.ensure_future(closing.wait())
            try:
                async for frame in self._frames(watch, feed, bell):
                    yield frame
            finally:
                bell.cancel()

    async def _frames(
        self, watch: Watch, feed: Feed, closing: asyncio.Future[None]
    ) -> AsyncGenerator[bytes]:
        place = watch.after
        until = self._clock() + MAX_AGE
        while not closing.done() and self._clock() < until:
            changed = feed.changed()
            news, over = _up_to_the_end(await self._news(feed, place), watch.run_id)
            if news:
                yield b"".join(sent.frame for sent in news)
                place = news[-1].seq
                self._marks.move(watch.setup.room.id, place)
                if over:
                    return
            elif feed.gone and (told := await self._told_of_the_end(watch)):
                yield told
                return
            else:
                done, _ = await asyncio.wait(
                    {changed, closing},
                    timeout=self._heartbeat,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not done:
                    feed.doubt()
                    yield sse.encode("heartbeat", {"type": "heartbeat", "timestamp": self._clock()})

    async def _news(self, feed: Feed, place: int) -> list[Sent]:
        """A database that is away for a while is silence, not the end."""
        try:
            return await feed.after(place)
        except DATABASE_ERRORS as error:
            log.warning("stream.database_away", error=type(error).__name__)
            return []

    async def _told_of_the_end(self, watch: Watch) -> bytes | None:
        """The end of a room that was deleted, whose events went with it; None as long as the
        database is away."""
        setup, before = watch.setup, watch.setup.run
        awaited = before.number if before and watch.run_id else None
        try:
            async with self._database.read(watch.tenant_id) as unit:
                kept = await Market(unit).get_kept_log(setup.session.id, setup.room.id, awaited)
        except DATABASE_ERRORS as error:
            log.warning("stream.database_away", error=type(error).__name__)
            return None
        if awaited is None and before and kept and kept["metadata"]["run_id"] == str(before.id):
            kept = None  # this watcher has seen the end of that one, and waited for the next
        wire, now = setup.wire, self._clock()
        words = last_words(setup.room.id, kept)
        return b"".join(sse.encode(word.type, wire.render(word, now)) for word in words)

    def _unserved(self, watch: Watch) -> bytes:
        """An end that stands in no log: it has no id."""
        data = {
            "type": "negotiation_complete",
            "room_id": watch.setup.room.id,
            "outcome": "no_sellers_available",
            "rounds_completed": 0,
            "duration_seconds": 0.0,
            "selected_seller_id": None,
            "selected_seller_name": None,
            "final_offer": None,
            "reason": "no seller can serve this item",
            "timestamp": self._clock(),
        }
        return sse.encode("negotiation_complete", data)


def _up_to_the_end(news: list[Sent], run_id: UUID | None) -> tuple[list[Sent], bool]:
    """What is still sent, and whether the awaited end is in it."""
    for index, sent in enumerate(news):
        if sent.ends is not None and run_id in (None, sent.ends):
            return news[: index + 1], True
    return news, False
