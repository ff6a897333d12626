"""Taking what comes until somebody says stop."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


async def until(stop: asyncio.Event, items: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The items up to `stop`, whatever the making of the next one waits for: that is cancelled."""
    stopping = asyncio.create_task(stop.wait())
    try:
        async with aclosing(items):
            while (step := await _step(stopping, items)) is not None:
                yield step[0]
    finally:
        stopping.cancel()


async def _step(stopping: "asyncio.Task[bool]", items: AsyncGenerator[T]) -> tuple[T] | None:
    step = asyncio.create_task(_next(items))
    try:
        await asyncio.wait({step, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return None if stopping.done() else await step
    finally:
        step.cancel()
        await asyncio.wait({step})
        if not step.cancelled():
            step.exception()  # seen, where it comes with the stop


async def _next(items: AsyncGenerator[T]) -> tuple[T] | None:
    async for item in items:
        return (item,)
    return None
