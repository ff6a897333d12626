"""Keeps the garbage collector from walking over all that a process has loaded."""

import asyncio
import gc
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def hold_off() -> None:
    """To be called before a process loads what it works with: little of that is garbage, and
    looking for it as often as usual takes a tenth of the time."""
    gc.set_threshold(50_000, 4, 1000)


def settle() -> None:
    """To be called once, when a process is ready to work.

    What is there by then stays anyway, and every full collection would look at all of it: some
    hundred thousand objects, which under load costs a twentieth of the time. Young objects are
    looked at less often, too: nearly all go without the collector's help. But not so seldom that
    a look at those that stayed holds up everybody for longer than a few milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 5, 200)
    gc.enable()


async def load(library: Callable[[], T]) -> T:
    """What `library` returns, which imports something large, in a thread. That stays, too: looking
    at all of it would hold up everybody for a tenth of a second, again and again."""
    found = await asyncio.to_thread(library)
    gc.freeze()
    return found
