"""Hears an answer out, whichever SDK it comes through."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Protocol, TypeVar

from app.llm.errors import LLMError, ModelTimeout
from app.llm.events import ModelEvent
from app.llm.providers._deadlines import Deadlines

T = TypeVar("T")
Item = TypeVar("Item", contravariant=True)  # noqa: PLC0105  # what an SDK yields

_LINGER = 0.05  # seconds for the end of the body after the last word, so the connection is reused


class Reader(Protocol[Item]):
    """Turns what an SDK yields into events. A complete answer ends in `End`, any other raises."""

    @property
    def complete(self) -> bool:
        """Whether all was said: what happens to the connection from here on doesn't matter."""
        ...

    @property
    def done(self) -> bool:
        """Whether nothing else that counts can follow."""
        ...

    def feed(self, item: Item) -> Iterator[ModelEvent]: ...

    def close(self) -> Iterator[ModelEvent]: ...


async def relay(
    items: AsyncIterator[T],
    reader: Reader[T],
    deadlines: Deadlines,
    *,
    errors: tuple[type[Exception], ...],
    broke: Callable[[Exception], LLMError],
) -> AsyncGenerator[ModelEvent, None]:
    """The events of `items`. Pings and the like win nobody time. `errors` come out of the SDK, and
    `broke` makes ours of them."""
    while (item := await _next(items, reader, deadlines, errors, broke)) is not None:
        spoke = False
        for event in reader.feed(item):
            spoke = True
            yield event
        if spoke:
            deadlines.heard()
        if reader.complete:
            deadlines.closing()
    for event in reader.close():
        yield event
    with suppress(TimeoutError, *errors):
        async with asyncio.timeout(_LINGER):
            async for _ in items:
                pass


async def _next(
    items: AsyncIterator[T],
    reader: Reader[T],
    deadlines: Deadlines,
    errors: tuple[type[Exception], ...],
    broke: Callable[[Exception], LLMError],
) -> T | None:
    """None after the last one, and once the answer is complete, also when no more can be had."""
    if reader.done:
        return None
    try:
        return await deadlines.wait(anext(items, None))
    except ModelTimeout:
        if not reader.complete:
            raise
    except errors as error:
        if not reader.complete:
            raise broke(error) from None  # theirs may quote the key
    return None
