"""Equal requests at the same time become one call upstream.

The call belongs to its flight, not to whoever came first. That one pays for it, and if it leaves
before the end, the next one does: of all their ledger rows exactly one has the cost. A failure is
everybody's: the chain has tried what there was to try.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Iterator
from contextlib import aclosing

from app.llm.cache.recording import Recording, size_of, unbilled
from app.llm.call import CacheUse, Call
from app.llm.errors import ProviderUnavailable
from app.llm.events import End, ModelEvent

_CLOSING_SECONDS = 1.0


class Flight:
    """One answer on its way, read as fast as it comes, and heard by each listener from the start.

    Past `limit` bytes it is no longer kept: then nobody can join, and it is read on only when all
    who listen have heard what there is. `notebook` is what the layers below write in.
    """

    def __init__(self, notebook: Call, limit: int, landed: Callable[[], None]) -> None:
        self.notebook = notebook
        self._limit = limit
        self._landed = landed
        self._events: list[ModelEvent] = []
        self._forgotten = 0
        self._size = 0
        self._heard: dict[Call, int] = {}
        self._payer: Call | None = None
        self._free = False
        self._over = False
        self._failure: BaseException | None = None
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def events(self) -> list[ModelEvent]:
        """All that was said so far; none once it is too much to be kept."""
        return [] if self._size > self._limit else self._events

    @property
    def waiting(self) -> int:
        """How many events are in hand."""
        return len(self._events)

    def found(self, recording: Recording) -> None:
        """What follows was paid for long ago."""
        self._free, self._payer = True, None
        self.notebook.used = recording.model
        for call in self._heard:
            call.cache = CacheUse.HIT

    def take_off(self, events: AsyncGenerator[ModelEvent, None]) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self._fly(events), name="llm flight")
        return self._task

    async def listen(self, call: Call) -> AsyncGenerator[ModelEvent, None]:
        """Raises what the call upstream raised. Leaving it as the last one ends that, too."""
        self._heard[call] = 0
        if self._payer is None and not self._free:
            self._payer = call
        call.cache = CacheUse.MISS if call is self._payer else CacheUse.HIT
        try:
            while (event := await self._next(call)) is not None:
                yield event
        finally:
            await self._leave(call)

    async def _next(self, call: Call) -> ModelEvent | None:
        """The next event for this listener; None after the last."""
        while self._heard[call] == self._forgotten + len(self._events):
            if self._failure is not None:
                call.follow(self.notebook)
                raise self._failure
            if self._over:
                return None
            await self._news.wait()
        event = self._events[self._heard[call] - self._forgotten]
        self._inform(call, event)
        self._heard[call] += 1
        if self._size > self._limit:
            self._announce()
        return event if call.cache is CacheUse.MISS else unbilled(event)

    def _inform(self, call: Call, event: ModelEvent) -> None:
        """Writes down in the listener's own notebook who answers, and what it was charged."""
        if call is not self._payer:
            call.used = self.notebook.used
        elif isinstance(event, End):
            call.pay(self.notebook)
        elif not self._heard[call]:
            call.follow(self.notebook)

    async def _leave(self, call: Call) -> None:
        del self._heard[call]
        if not self._heard and not self._over:
            await self._stop()
        if call is self._payer:
            self._settle(call)
        self._announce()

    def _settle(self, call: Call) -> None:
        """Charges who leaves, if it is all over; else the next in line will be charged."""
        if self._over:
            call.pay(self.notebook)
            return
        call.cache = CacheUse.HIT
        call.follow(call.apart())
        call.used = self.notebook.used
        self._payer = heir = next(iter(self._heard))
        heir.cache = CacheUse.MISS

    async def _stop(self) -> None:
        """Hangs up, since nobody listens any more."""
        self._land(asyncio.CancelledError())
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_CLOSING_SECONDS)

    async def _fly(self, events: AsyncGenerator[ModelEvent, None]) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    self._add(event)
                    while self._size > self._limit and self._behind():
                        await self._news.wait()
            self._land(AssertionError("an answer ended without an End"))
        except asyncio.CancelledError:
            self._land(ProviderUnavailable("the service is stopping"))
            raise
        except Exception as error:  # noqa: BLE001  # it is raised where somebody listens
            self._land(error)

    def _add(self, event: ModelEvent) -> None:
        self._size += size_of(event)
        if self._size > self._limit and not self._behind():
            self._forgotten += len(self._events)
            self._events.clear()
            self._landed()
        self._events.append(event)
        if isinstance(event, End):
            self._land(None)
        self._announce()

    def _behind(self) -> bool:
        """Whether anyone hasn't heard all there is."""
        end = self._forgotten + len(self._events)
        return any(position < end for position in self._heard.values())

    def _land(self, failure: BaseException | None) -> None:
        """The first ending counts."""
        if self._over:
            return
        self._over, self._failure = True, failure
        if failure is None:
            self.notebook.succeed()
        else:
            self.notebook.broke(failure)
        self._landed()
        self._announce()

    def _announce(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class SingleFlight:
    """The flights under way in this process. `limit` is bytes for each, see `Flight`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._flights: dict[Hashable, Flight] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._flights)

    def __iter__(self) -> Iterator[Flight]:
        return iter(self._flights.values())

    def join(
        self, key: Hashable, call: Call, start: Callable[[Flight], AsyncGenerator[ModelEvent, None]]
    ) -> AsyncGenerator[ModelEvent, None]:
        """Listens to the flight of this key; `start` makes the answer's events where there is none.

        To be iterated at once: a flight that nobody listens to isn't held for anyone.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = Flight(call.apart(), self._limit, lambda: self._forget(key, flight))
            self._flights[key] = flight
            task = flight.take_off(start(flight))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return flight.listen(call)

    async def aclose(self) -> None:
        """Ends what is still under way."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CLOSING_SECONDS)

    def _forget(self, key: Hashable, flight: Flight | None) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
