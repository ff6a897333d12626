"""A remembered value is given at once, and found out again by one task in the background."""

import asyncio

from app.gateway.health.refreshed import Refreshed


class Source:
    """Counts how often it is asked, and answers with that when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.let = asyncio.Event()
        self.let.set()

    async def __call__(self) -> int:
        self.asked += 1
        number = self.asked
        await self.let.wait()
        return number


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Bench:
    def __init__(self) -> None:
        self.source = Source()
        self.clock = Clock()
        self.value = Refreshed(self.source, first=0, kept=5, clock=self.clock)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_first_is_waited_for() -> None:
    assert await Bench().value.get() == 1


async def test_what_is_fresh_is_not_asked_for_again() -> None:
    bench = Bench()
    await bench.value.get()
    bench.clock.now += 4.9
    assert (await bench.value.get(), bench.value.peek()) == (1, 1)
    await settle()
    assert bench.source.asked == 1


async def test_what_is_old_is_found_out_again() -> None:
    bench = Bench()
    await bench.value.get()
    bench.clock.now += 5
    assert await bench.value.get() == 2


async def test_a_peek_takes_the_old_one_and_has_it_found_out() -> None:
    bench = Bench()
    await bench.value.get()
    bench.clock.now += 5
    assert bench.value.peek() == 1
    await settle()
    assert bench.value.peek() == 2


async def test_a_source_that_hangs_is_asked_once_and_holds_nobody_up() -> None:
    bench = Bench()
    await bench.value.get()
    bench.clock.now += 5
    bench.source.let.clear()
    assert await asyncio.gather(*(bench.value.get(0.01) for _ in range(20))) == [1] * 20
    assert bench.source.asked == 2
    bench.source.let.set()
    await settle()
    assert bench.value.peek() == 2


async def test_age_counts_from_the_answer() -> None:
    bench = Bench()
    bench.source.let.clear()
    assert bench.value.peek() == 0
    await settle()
    bench.clock.now += 60
    bench.source.let.set()
    await settle()
    assert bench.value.peek() == 1
    await settle()
    assert bench.source.asked == 1


async def test_who_asked_may_leave_without_ending_the_question() -> None:
    bench = Bench()
    bench.source.let.clear()
    asker = asyncio.create_task(bench.value.get(60))
    await settle()
    asker.cancel()
    await asyncio.wait({asker})
    bench.source.let.set()
    await settle()
    assert bench.value.peek() == 1


async def test_closing_ends_the_question() -> None:
    bench = Bench()
    bench.source.let.clear()
    bench.value.peek()
    await settle()
    await bench.value.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
