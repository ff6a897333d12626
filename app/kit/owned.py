"""Background work that has an owner."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog

log = structlog.get_logger()


@asynccontextmanager
async def owned(
    name: str, work: Callable[[], Coroutine[Any, Any, None]], *, grace: float = 0.3
) -> AsyncIterator[None]:
    """A background task that lives as long as the block; one that fails is logged, and started
    again after a second, since the service is more than any of its helpers.

    At its end it has `grace` seconds. Who needs more waits for a database that hangs, and is
    cancelled until it gives that up.
    """
    stopping = False

    async def forever() -> None:
        while not stopping:  # work that fails on its way out swallows the cancellation
            try:
                await work()
            except Exception:
                log.exception("background.failed", task=name)
            await asyncio.sleep(1)

    task = asyncio.create_task(forever(), name=name)
    try:
        yield
    finally:
        stopping = True
        for patience in (grace, 0.2, 0.2, 0.2):
            task.cancel()
            await asyncio.wait({task}, timeout=patience)
