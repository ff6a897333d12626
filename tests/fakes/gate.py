"""A vendor that has been asked, and answers when a test lets it."""

import asyncio

_PATIENCE_SECONDS = 30.0


class Gate:
    """To be a fake's `before_answer` or `before_listing`."""

    def __init__(self) -> None:
        self._reached = asyncio.Event()
        self._opened = asyncio.Event()

    async def __call__(self) -> None:
        self._reached.set()
        await self._opened.wait()

    async def reached(self) -> None:
        """Waits for the first who stands before it."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self._reached.wait()

    def open(self) -> None:
        self._opened.set()
