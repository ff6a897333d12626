"""Takes things at once and brings them away in a thread of its own, as fast as the other side
takes them: a vendor's SDK may block there for as long as it likes, and nobody waits for it."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

import structlog

from app.kit.clock import Clock, utc_now
from app.kit.frozen import frozen
from app.telemetry.exporters.status import Delivery

log = structlog.get_logger()

T = TypeVar("T")


class NotDeliveredError(Exception):
    """`code` says why; `again`: it may work later."""

    def __init__(self, code: str, *, again: bool) -> None:
        super().__init__(code)
        self.code = code
        self.again = again


@frozen
class CourierOptions:
    """Times in seconds. `bound` is how many may wait: the oldest go when one more comes, and are
    counted. A batch leaves `interval` after its first came. After a failure that may pass the
    pauses double, up to `longest_pause`."""

    bound: int = 2_000
    batch: int = 1
    interval: float = 0.0
    first_pause: float = 1.0
    longest_pause: float = 30.0


class Courier(Generic[T]):
    """`deliver` is called in the thread, with a batch; it raises `NotDeliveredError`. What it
    raises beside that is taken for a fault of the batch, which is given up."""

    def __init__(
        self,
        name: str,
        deliver: Callable[[Sequence[T]], None],
        options: CourierOptions,
        clock: Clock = utc_now,
    ) -> None:
        self._name = name
        self._deliver = deliver
        self._options = options
        self._clock = clock
        self._queue: deque[T] = deque()
        self._held = 0
        self._known = Delivery(on=True)
        self._pause = 0.0
        self._failing = False
        self._closing = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"{name}-courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def take(self, thing: T) -> None:
        with self._news:
            self._queue.append(thing)
            if len(self._queue) > self._options.bound:
                self._queue.popleft()
                self._known = replace(self._known, lost=self._known.lost + 1)
            if len(self._queue) in (1, self._options.batch):
                self._news.notify()  # no oftener: each time, the loop and the thread contend

    def lose(self, count: int) -> None:
        """Counts what was never handed over."""
        with self._news:
            self._known = replace(self._known, lost=self._known.lost + count)

    @property
    def waiting(self) -> int:
        return len(self._queue) + self._held

    def status(self) -> Delivery:
        with self._news:
            return replace(self._known, waiting=self.waiting)

    def close(self, seconds: float) -> None:
        """Brings away what it can in that time; the rest is lost, and counted. Blocks."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join(seconds)
        if left := self.waiting:
            self.lose(left)
        if lost := self._known.lost:
            log.warning("exporter.closed_with_losses", exporter=self._name, lost=lost)

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._deliver(batch)
            except NotDeliveredError as error:
                self._failed(batch, error)
            except Exception as error:  # noqa: BLE001  # of a vendor's SDK: told, and survived
                self._failed(batch, NotDeliveredError(type(error).__name__, again=False))
            else:
                self._delivered(len(batch))

    def _next(self) -> Sequence[T]:
        """The next batch, once it is due; an empty one at the end."""
        options = self._options
        with self._news:
            self._news.wait_for(lambda: self._queue or self._closing)
            self._news.wait_for(self._due, self._pause or options.interval)
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), options.batch))]
            self._held = len(batch)
            return batch

    def _due(self) -> bool:
        full = not self._pause and len(self._queue) >= self._options.batch
        return self._closing or full

    def _delivered(self, count: int) -> None:
        if self._failing:
            log.info("exporter.recovered", exporter=self._name)
        with self._news:
            self._held, self._pause, self._failing, known = 0, 0.0, False, self._known
            self._known = replace(
                known, delivered=known.delivered + count, last_delivery_at=self._clock()
            )

    def _failed(self, batch: Sequence[T], error: NotDeliveredError) -> None:
        if not self._failing:
            log.warning("exporter.failing", exporter=self._name, error=error.code)
        with self._news:
            gone = self._again(batch) if error.again else len(batch)
            self._held, self._failing = 0, True
            self._known = replace(
                self._known,
                failed=self._known.failed + 1,
                lost=self._known.lost + gone,
                last_error=error.code,
                last_error_at=self._clock(),
            )

    def _again(self, batch: Sequence[T]) -> int:
        """Puts the newest of it back, as far as there is room, for after a pause; how many are
        lost. At the end that is all that is left: the other side had its chance."""
        if self._closing:
            lost = len(batch) + len(self._queue)
            self._queue.clear()
            return lost
        options = self._options
        self._pause = min(options.longest_pause, self._pause * 2 or options.first_pause)
        room = max(0, options.bound - len(self._queue))
        kept = batch[-room:] if room else ()
        self._queue.extendleft(reversed(kept))
        return len(batch) - len(kept)
