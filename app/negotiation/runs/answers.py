"""Waiting for several seats at once, without missing what happens meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from app.llm import LLMError

K = TypeVar("K")
T = TypeVar("T")

Work = Callable[[], Coroutine[Any, Any, T]]
"""Begins when it is called."""


async def as_they_come(
    works: Mapping[K, Work[T]],
    *,
    interrupted: asyncio.Event,
    still_wanted: Callable[[], Awaitable[bool]],
    seconds_left: Callable[[], float],
) -> AsyncGenerator[list[tuple[K, T | LLMError]]]:
    """Runs `works` side by side and yields their results, or the errors of models that don't
    answer, as they arrive: at once what has arrived in the meantime.

    Whenever `interrupted` is set, `still_wanted` is asked; when it says no, or no time is left,
    this ends and the works that run are cancelled. Close it (`aclosing`) when leaving early.
    """
    keys = {asyncio.create_task(work()): key for key, work in works.items()}
    pending = set(keys)
    bell = asyncio.create_task(interrupted.wait())
    try:
        while pending and (left := seconds_left()) > 0:
            done, _ = await asyncio.wait(
                {*pending, bell}, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            if arrived := [task for task in keys if task in done]:
                pending.difference_update(arrived)
                yield [(keys[task], _result(task)) for task in arrived]
            if bell.done():
                if not await still_wanted():
                    return
                bell = asyncio.create_task(interrupted.wait())
    finally:
        for task in (*pending, bell):
            task.cancel()
        await asyncio.gather(*pending, bell, return_exceptions=True)


def _result(task: asyncio.Task[T]) -> T | LLMError:
    try:
        return task.result()
    except LLMError as error:
        return error
