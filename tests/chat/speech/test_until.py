"""Taking what comes until somebody says stop."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from app.chat.speech.until import until


class Counting:
    """Counts to `most`, then waits for ever, or fails."""

    def __init__(self, most: int, error: Exception | None = None) -> None:
        self.most = most
        self.error = error
        self.waiting = asyncio.Event()
        self.closed = False

    async def numbers(self) -> AsyncGenerator[int]:
        try:
            for number in range(self.most):
                yield number
            if self.error is not None:
                raise self.error
            self.waiting.set()
            await asyncio.Event().wait()
        finally:
            self.closed = True


async def test_a_stop_ends_it_while_the_next_is_waited_for() -> None:
    stop, counting = asyncio.Event(), Counting(2)

    async def take() -> list[int]:
        return [number async for number in until(stop, counting.numbers())]

    taking = asyncio.create_task(take())
    await counting.waiting.wait()
    stop.set()
    assert await taking == [0, 1]
    assert counting.closed


async def test_it_ends_and_fails_as_what_it_takes_from() -> None:
    async def two() -> AsyncGenerator[int]:
        yield 1
        yield 2

    assert [number async for number in until(asyncio.Event(), two())] == [1, 2]
    with pytest.raises(ValueError, match="no more"):
        _ = [n async for n in until(asyncio.Event(), Counting(1, ValueError("no more")).numbers())]


async def test_whoever_is_cancelled_closes_what_it_takes_from() -> None:
    counting = Counting(0)

    async def take() -> None:
        async for _ in until(asyncio.Event(), counting.numbers()):
            pass

    taking = asyncio.create_task(take())
    await counting.waiting.wait()
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert counting.closed
