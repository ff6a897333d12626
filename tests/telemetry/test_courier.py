"""What is brought away: all of it where that works, counted where it doesn't."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from app.telemetry.exporters.courier import Courier, CourierOptions, NotDeliveredError

QUICK = CourierOptions(bound=3, first_pause=0.001, longest_pause=0.002)
PATIENCE_SECONDS = 20.0


class Door:
    """Takes, refuses or holds up, as it is told; `opened` is told of each try."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.refuse: Callable[[], Exception | None] = lambda: None
        self.hold = threading.Event()
        self.hold.set()
        self.tried = threading.Semaphore(0)
        self.arrived = threading.Event()

    def deliver(self, batch: Sequence[int]) -> None:
        self.tried.release()
        self.hold.wait(PATIENCE_SECONDS)
        if (error := self.refuse()) is not None:
            raise error
        self.taken += batch
        self.arrived.set()

    def was_tried(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.tried.acquire(timeout=PATIENCE_SECONDS)


@contextmanager
def carrying(door: Door, options: CourierOptions = QUICK) -> Iterator[Courier[int]]:
    courier = Courier("test", door.deliver, options)
    courier.start()
    try:
        yield courier
    finally:
        door.hold.set()
        courier.close(PATIENCE_SECONDS)


def test_everything_arrives_in_order() -> None:
    door = Door()
    with carrying(door, CourierOptions(bound=100, batch=10)) as courier:
        for number in range(50):
            courier.take(number)

    assert door.taken == list(range(50))
    assert (courier.status().delivered, courier.status().lost) == (50, 0)
    assert courier.status().last_delivery_at is not None


def test_what_may_work_later_is_tried_again() -> None:
    door = Door()
    door.refuse = lambda: NotDeliveredError("AWAY", again=True)
    with carrying(door) as courier:
        courier.take(1)
        door.was_tried(3)
        assert courier.status().last_error == "AWAY"
        door.refuse = lambda: None
        assert door.arrived.wait(PATIENCE_SECONDS)

    assert door.taken == [1]
    assert courier.status().failed >= 3
    assert courier.status().lost == 0


def test_what_never_will_is_given_up_and_counted() -> None:
    door = Door()
    refusals: list[Exception | None] = [NotDeliveredError("TOO_LARGE", again=False), None]
    door.refuse = lambda: refusals.pop(0)
    with carrying(door) as courier:
        courier.take(1)
        courier.take(2)

    assert door.taken == [2]
    assert (courier.status().lost, courier.status().last_error) == (1, "TOO_LARGE")


def test_a_fault_of_the_vendors_sdk_is_survived() -> None:
    door = Door()
    refusals: list[Exception | None] = [ZeroDivisionError("why"), None]
    door.refuse = lambda: refusals.pop(0)
    with carrying(door) as courier:
        courier.take(1)
        courier.take(2)

    assert door.taken == [2]
    assert courier.status().last_error == "ZeroDivisionError"


def test_of_more_than_there_is_room_for_the_newest_stay() -> None:
    door = Door()
    door.hold.clear()
    with carrying(door) as courier:
        courier.take(0)
        door.was_tried()
        for number in range(1, 11):
            courier.take(number)
        assert courier.status().waiting == QUICK.bound + 1

    assert door.taken == [0, 8, 9, 10]
    assert courier.status().lost == 7


def test_while_the_other_side_is_away_no_more_waits_than_there_is_room_for() -> None:
    door = Door()
    door.refuse = lambda: NotDeliveredError("AWAY", again=True)
    with carrying(door) as courier:
        for number in range(20):
            courier.take(number)
            door.was_tried()
            assert courier.status().waiting <= QUICK.bound + 1
        door.refuse = lambda: None
        assert door.arrived.wait(PATIENCE_SECONDS)

    status = courier.status()
    assert status.delivered + status.lost == 20
    assert door.taken[-1] == 19


def test_the_end_doesnt_wait_for_who_hangs() -> None:
    door = Door()
    door.hold.clear()
    courier = Courier("test", door.deliver, QUICK)
    courier.start()
    courier.take(1)
    courier.take(2)
    door.was_tried()

    courier.close(0.01)
    status = courier.status()
    door.hold.set()

    assert status.lost == 2
