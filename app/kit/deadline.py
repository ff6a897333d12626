"""A time-out that holds even where the work takes its time to stop."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")

_GRACE_SECONDS = 0.2


async def within(seconds: float, work: Awaitable[T]) -> T:
    """What `work` returns or raises. Raises `TimeoutError` when it isn't done after `seconds`.

    `asyncio.timeout` waits until the cancelled work has cleaned up, and the database's driver asks
    a server that hangs for up to ten seconds to stop the query. Here that gets a moment; then it
    is cancelled again, upon which the driver drops the connection.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(_seen)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            raise TimeoutError
        return task.result()
    finally:
        if not task.done():
            await _stop(task)


async def _stop(task: asyncio.Future[Any]) -> None:
    task.cancel()
    try:
        await asyncio.wait({task}, timeout=_GRACE_SECONDS)
    finally:
        task.cancel()
    await asyncio.wait({task}, timeout=_GRACE_SECONDS)


def _seen(task: asyncio.Future[Any]) -> None:
    """Takes note of an error that nobody waits for any more; the loop would report it."""
    if not task.cancelled():
        task.exception()
