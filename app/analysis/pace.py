"""Keeps judging from being felt: rooms that end together would all be judged in the same moment."""

import asyncio
from types import TracebackType

_BREATH = 0.05


class Pace:
    """`async with` it, one at a time lets go on, with a breath of `seconds` after each. What the
    block leads to, a question that is put together and sent, has its moment in that breath."""

    def __init__(self, seconds: float = _BREATH) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> None:
        await self._turn.acquire()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        asyncio.get_running_loop().call_later(self._seconds, self._turn.release)
