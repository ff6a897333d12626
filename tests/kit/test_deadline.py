"""A time-out holds, whatever the work does about being cancelled."""

import asyncio

import pytest

from app.kit.deadline import within


class Stubborn:
    """Work that takes no notice of its first `refusals` cancellations."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.cancelled = 0
        self.began = asyncio.Event()

    async def __call__(self) -> None:
        self.began.set()
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                if self.cancelled > self.refusals:
                    raise


async def test_what_is_done_in_time_comes_back() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await within(10, work()) == "done"


async def test_what_fails_in_time_raises() -> None:
    async def work() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        await within(10, work())


async def test_what_takes_too_long_is_cancelled() -> None:
    work = Stubborn()
    with pytest.raises(TimeoutError):
        await within(0.01, work())
    assert work.cancelled == 1


async def test_what_then_takes_its_time_to_stop_is_cancelled_again() -> None:
    work = Stubborn(refusals=1)
    with pytest.raises(TimeoutError):
        await within(0.01, work())
    assert work.cancelled == 2


async def test_what_never_stops_is_left_behind() -> None:
    work = Stubborn(refusals=2)
    with pytest.raises(TimeoutError):
        await within(0.01, work())
    assert work.cancelled == 2
    (left,) = asyncio.all_tasks() - {asyncio.current_task()}
    left.cancel()
    await asyncio.wait({left})


async def test_an_error_on_the_way_out_gives_way_to_the_time_out() -> None:
    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise LookupError("while cleaning up")

    with pytest.raises(TimeoutError):
        await within(0.01, work())


@pytest.mark.parametrize("refusals", [0, 1])
async def test_the_caller_leaving_takes_the_work_along(refusals: int) -> None:
    work = Stubborn(refusals)
    caller = asyncio.create_task(within(60, work()))
    await work.began.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert work.cancelled == refusals + 1


async def test_the_caller_leaving_twice_still_takes_the_work_along() -> None:
    work = Stubborn(refusals=1)
    caller = asyncio.create_task(within(60, work()))
    await work.began.wait()
    caller.cancel()
    while not work.cancelled:
        await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    while len(asyncio.all_tasks()) > 1:
        await asyncio.sleep(0)
    assert work.cancelled == 2
