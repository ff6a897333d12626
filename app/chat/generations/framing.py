"""A log as frames on the wire."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from app.chat.generations.feed import Numbered


async def frames(news: AsyncGenerator[Sequence[Numbered]]) -> AsyncGenerator[bytes]:
    """One piece of bytes for what comes together."""
    async with aclosing(news):
        async for some in news:
            yield b"".join([numbered.frame for numbered in some])
