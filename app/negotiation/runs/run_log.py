"""One run's log as its worker holds it: what is written, what isn't yet, what it amounts to."""

import asyncio
from contextlib import AbstractAsyncContextManager

import structlog

from app.db import Database, UnitOfWork
from app.kit.clock import Clock
from app.negotiation.events import AnyEvent, Decided, MessageQueued, RunEnded
from app.negotiation.journal import Journal, Timed
from app.negotiation.models import Run
from app.negotiation.repository import Logged, Market, Overtaken
from app.negotiation.room import IllegalEvent, RoomState, Rules

log = structlog.get_logger()


class RunGone(Exception):
    """The run was deleted while it was played."""


class RunTaken(Exception):
    """Another worker plays this run: it was faster to the log."""


_BY_PEOPLE = (MessageQueued, Decided, RunEnded)
"""What may appear in a run's log without its worker; the rest is only written by one."""


class RunLog:
    """Events are added at once and written later, together: `flush` is called before anything
    slow, so that nobody waits for what has been said, and quick runs cost few transactions.

    When somebody else has written meanwhile (a person, a delete), theirs stands first; what was
    unwritten follows where it is still legal, and is dropped where it isn't. When it was another
    worker, this one has lost the run.
    """

    def __init__(
        self,
        database: Database,
        journal: Journal,
        clock: Clock,
        *,
        run: Run,
        rules: Rules,
        tenant_id: str,
    ) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock
        self._run = run
        self._tenant_id = tenant_id
        self._seq = run.after_seq
        self._written_state = RoomState(rules)
        self._written: list[AnyEvent] = []
        self._unwritten: list[Timed] = []
        self.state = self._written_state
        self.grown = asyncio.Event()
        """Set when somebody else may have written; `refresh` clears it."""

    @property
    def events(self) -> list[AnyEvent]:
        return [*self._written, *(event for event, _ in self._unwritten)]

    @property
    def unwritten(self) -> int:
        return len(self._unwritten)

    def heard(self, position: int | None) -> None:
        """A notification's waiter: wakes whoever plays, unless the news is its own."""
        if position is None or position > self._seq:
            self.grown.set()

    def add(self, *events: AnyEvent) -> None:
        """Raises `IllegalEvent` when one doesn't fit, and then adds none."""
        state = self.state
        for event in events:
            state = state.after(event)
        now = self._clock()
        self.state = state
        self._unwritten.extend((event, now) for event in events)

    async def flush(self) -> bool:
        """Writes what isn't written yet. False when somebody else had written before, so that
        what was planned may fit no longer. Raises `RunGone`, `RunTaken`."""
        undisturbed = True
        while self._unwritten:
            try:
                async with self._unit() as unit:
                    self._seq = await self._journal.write(
                        unit, self._run, self._seq, self._unwritten
                    )
            except Overtaken:
                undisturbed = False
                await self.refresh()
            else:
                self._written.extend(event for event, _ in self._unwritten)
                self._written_state = self.state
                self._unwritten = []
        return undisturbed

    def _unit(self) -> AbstractAsyncContextManager[UnitOfWork]:
        if self._journal.needs_transaction(self._tenant_id, self._unwritten):
            return self._database.begin(self._tenant_id)
        return self._database.statement(self._tenant_id)

    async def open(self) -> None:
        """Reads what was played so far, by whomever."""
        self.grown.clear()
        async with self._database.read(self._tenant_id) as unit:
            written = await Market(unit).events_after(self._run.room_id, self._seq)
        self._take_note(written)

    async def refresh(self) -> None:
        """Reads what others have written. Raises `RunGone`, `RunTaken`."""
        news = await self._news()
        if not all(isinstance(logged.event, _BY_PEOPLE) for logged in news):
            raise RunTaken
        self._take_note(news)

    async def _news(self) -> list[Logged]:
        self.grown.clear()
        async with self._database.read(self._tenant_id) as unit:
            market = Market(unit)
            news = await market.events_after(self._run.room_id, self._seq)
            if not news and await market.get_run(self._run.id) is None:
                raise RunGone
        return news

    def _take_note(self, news: list[Logged]) -> None:
        for logged in news:
            self._written_state = self._written_state.after(logged.event)
            self._written.append(logged.event)
            self._seq = logged.seq
        self._keep_what_fits()

    def _keep_what_fits(self) -> None:
        unwritten, self._unwritten = self._unwritten, []
        self.state = self._written_state
        try:
            for event, at in unwritten:
                self.state = self.state.after(event)
                self._unwritten.append((event, at))
        except IllegalEvent as reason:
            log.info("run.turn_dropped", reason=str(reason))
            self._unwritten = []
            self.state = self._written_state
