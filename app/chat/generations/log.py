"""The log of a generation that is made in this process."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app.chat.events import (
    Broke,
    ChatEvent,
    Finished,
    Said,
    Started,
    Thought,
    ToolCalled,
    terminal,
)
from app.chat.generations.feed import Feed, Numbered
from app.db import UnitOfWork
from app.kit.clock import Clock
from app.kit.frozen import frozen

_JOINED_LENGTH = 1024
"""Characters of text that one event is joined to; so much waits no longer than it must."""
_END_SECONDS = 1.0
"""Who makes the answer has so long to come to its end when it is told to."""

Last = Finished | Broke
Ended = Callable[[UnitOfWork, Last], Awaitable[None]]
"""Is called in the transaction that ends a generation, and may be called again if that fails."""


@frozen
class Ending:
    """What the row of a generation says beside what its events tell."""

    model: str | None = None
    context_key: str | None = None
    call_id: UUID | None = None
    relevance: float | None = None
    first_token_ms: int | None = None
    """By default when the first text, thought or call was added."""


@frozen
class Opened:
    """A generation whose row and first event are written; `first` is that event."""

    tenant_id: str
    first: Started
    at: datetime


@frozen
class Entry:
    """An event, its place, and when it came."""

    seq: int
    event: ChatEvent
    at: datetime


class Wanting(Protocol):
    """Whoever writes logs."""

    def wants(self, log: "GenerationLog", *, hurry: bool = False) -> None:
        """`log` has something to be written; with `hurry`, as soon as can be."""
        ...


class GenerationLog:
    """Events are added at once and written soon after, together with those of other logs. They may
    be seen when they are written, and not before: nothing that was shown can be lost."""

    def __init__(
        self, opened: Opened, writer: Wanting, clock: Clock, *, ended: Ended | None = None
    ) -> None:
        self.tenant_id = opened.tenant_id
        self.generation_id = opened.first.generation_id
        self.message_id = opened.first.message_id
        self.ending = Ending()
        self.ended = ended
        self.feed = Feed()
        self.feed.append([Numbered(1, opened.first)])
        self._started_at = opened.at
        self._writer = writer
        self._clock = clock
        self._waiting: list[tuple[ChatEvent, datetime]] = []
        self._length = 0
        self._taken: Sequence[Entry] = ()
        self._first_token_ms: int | None = None
        self._sealed = False
        self._verdict: Last | None = None
        self._stop: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # for whoever makes the answer

    def add(self, event: ChatEvent) -> None:
        """Takes an event; text that follows text which isn't written yet is joined to it. After the
        end, nothing is taken any more."""
        if self._sealed:
            return
        event = _storable(event)
        if isinstance(event, Said | Thought):
            if not event.content:
                return
            self._length += len(event.content)
        if self._first_token_ms is None and isinstance(event, Said | Thought | ToolCalled):
            self._first_token_ms = self._since_start()
        if not self._joined(event):
            self._waiting.append((event, self._clock()))
        self._writer.wants(self, hurry=self._length >= _JOINED_LENGTH)

    async def end(self, event: Last, ending: Ending | None = None) -> None:
        """Adds the last event, and returns when all is stored: the log, the row's figures, the
        message. Where the generation was ended from outside meanwhile, that end stands."""
        self._seal(event, ending)
        await asyncio.shield(self.finished)

    def on_stop(self, callback: Callable[[], None]) -> None:
        """Has `callback` called, once, when the answer is to be made no further: then what it needs
        is to be closed, and `end` called."""
        self._stop = callback
        if self._verdict is not None or self.feed.over:
            asyncio.get_running_loop().call_soon(callback)

    # for whoever ends it from outside

    def halt(self, verdict: Last) -> None:
        """Has the answer end by `verdict`; what was said so far is kept."""
        if self._sealed or self._verdict is not None:
            return
        self._verdict = verdict
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_END_SECONDS, self._seal, verdict)
        if self._stop is not None:
            loop.call_soon(self._stop)

    def stop(self) -> None:
        self.halt(Finished(message_id=self.message_id, finish_reason="stopped"))

    # for the writer

    @property
    def behind(self) -> bool:
        """Whether there is something to be written."""
        return bool(self._taken or self._waiting)

    def take(self) -> Sequence[Entry]:
        """What is to be written next; the same again until it `stored` or `lost` it."""
        if not self._taken and self._waiting:
            first = self.feed.end + 1
            self._taken = [
                Entry(seq, event, at) for seq, (event, at) in enumerate(self._waiting, start=first)
            ]
            self._waiting, self._length = [], 0
        return self._taken

    def stored(self) -> None:
        """What was taken is in the table: it may be seen."""
        taken, self._taken = self._taken, ()
        self.feed.append([Numbered(entry.seq, entry.event) for entry in taken])
        if self.feed.over:
            self._finish()
        elif self._waiting:
            self._writer.wants(self)

    def lost(self, news: Sequence[Numbered]) -> None:
        """Somebody else ended the generation, in a way that `news` tells; or removed it."""
        self._sealed = True
        self._taken, self._waiting = (), []
        self.feed.append(news)
        self.feed.close()
        if self._stop is not None and self._verdict is None:
            asyncio.get_running_loop().call_soon(self._stop)
        self._finish()

    def spoil(self, last: Broke) -> None:
        """What was taken can't be stored, now or ever: `last` stands in its place."""
        self._taken, self._waiting = (), []
        self._sealed = False
        self.halt(last)
        self._seal(last)

    def _joined(self, event: ChatEvent) -> bool:
        if not self._waiting or not isinstance(event, Said | Thought):
            return False
        last, at = self._waiting[-1]
        if type(last) is not type(event) or len(last.content) >= _JOINED_LENGTH:
            return False
        self._waiting[-1] = (type(last)(last.content + event.content), at)
        return True

    def _seal(self, event: Last, ending: Ending | None = None) -> None:
        if self._sealed:
            return
        ending = ending or self.ending
        if ending.first_token_ms is None:
            ending = replace(ending, first_token_ms=self._first_token_ms)
        self.ending = ending
        self.add(self._verdict or event)
        self._sealed = True

    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self.finished.done():
            self.finished.set_result(None)

    def _since_start(self) -> int:
        return max(0, int((self._clock() - self._started_at).total_seconds() * 1000))


def ends(entries: Sequence[Entry]) -> bool:
    return bool(entries) and terminal(entries[-1].event)


def _storable(event: ChatEvent) -> ChatEvent:
    """PostgreSQL's text knows no NUL, and UTF-8 no lone surrogates."""
    changed: dict[str, Any] = {
        name: clean
        for name in event.__slots__
        if isinstance(value := getattr(event, name), str) and (clean := _clean(value)) != value
    }
    return replace(event, **changed) if changed else event


def _clean(text: str) -> str:
    text = text.replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
