"""Keeps judging from being felt: rooms that end together would all be judged in the same moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_BREATH = 0.05


class Spacing:
    """Lets one at a time go on, with a breath of `seconds` after each. What follows, a question
    that is put together and sent, has its moment in that breath."""

    def __init__(self, seconds: float = _BREATH) -> None:
        self._seconds = seconds
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        await self._lock.acquire()
        try:
            yield
        finally:
            asyncio.get_running_loop().call_later(self._seconds, self._lock.release)
