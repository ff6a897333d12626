"""An answer's sentences, read ahead of whoever takes them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType
from typing import Self

from app.chat.speech.script import Sentence

_MOST = 32


class ReadAhead:
    """`async with` it while sentences are taken. Who takes them may be cancelled and another go on:
    the reading goes on beside it, so far as it is taken from."""

    def __init__(self, sentences: AsyncGenerator[Sentence]) -> None:
        self._sentences = sentences
        self._read: asyncio.Queue[Sentence | None] = asyncio.Queue(_MOST)
        self._next: Sentence | None = None
        self._over = False
        self._error: Exception | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="chat.speech.read")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})

    async def peek(self) -> Sentence | None:
        """The next sentence, which stays the next; None at the end."""
        if self._next is None and not self._over:
            self._next = await self._read.get()
            self._over = self._next is None
        return self._next

    def take(self) -> None:
        """Passes over the sentence that was peeked at."""
        self._next = None

    async def rest(self) -> AsyncGenerator[Sentence]:
        """All that weren't taken. Raises what the answer ended with."""
        while (sentence := await self.peek()) is not None:
            self.take()
            yield sentence
        if self._error is not None:
            raise self._error

    async def _run(self) -> None:
        try:
            async with aclosing(self._sentences) as sentences:
                async for sentence in sentences:
                    await self._read.put(sentence)
        except Exception as error:  # noqa: BLE001  # raised where the rest is read, a bug too
            self._error = error
        await self._read.put(None)
