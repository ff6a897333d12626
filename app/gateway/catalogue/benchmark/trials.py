"""Has many exercises done, a few at once at each provider, within a time for all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from app.gateway.catalogue.benchmark.measured import Measured, failed
from app.llm import PROVIDERS, Exercise, ModelRef, Task

log = structlog.get_logger()

_AT_ONCE = 3
_NOT_DONE = failed("the time for the whole benchmark was over before it was answered")
_BROKEN = failed("it couldn't be asked; the log says why")


@dataclass(slots=True)
class Trial:
    """One exercise for one model, and what came of it."""

    ref: ModelRef
    task: Task
    exercise: Exercise
    result: Measured = _NOT_DONE


async def conduct(
    trials: Sequence[Trial],
    measure: Callable[[Trial], Awaitable[Measured]],
    done: Callable[[Trial], None],
    *,
    seconds: float,
) -> None:
    """Writes each result into its trial; `done` is told after each."""
    lanes = {trial.ref.provider: _lane(trial.ref.provider) for trial in trials}

    async def put(trial: Trial) -> None:
        async with lanes[trial.ref.provider]:
            try:
                trial.result = await measure(trial)
            except Exception:
                log.exception("benchmark.trial_failed", model=str(trial.ref))
                trial.result = _BROKEN
        done(trial)

    await _for(seconds, [asyncio.create_task(put(trial)) for trial in trials])


async def _for(seconds: float, tasks: Iterable[asyncio.Task[None]]) -> None:
    """Lets them run that long, and stops what still does."""
    waiting = set(tasks)
    try:
        if waiting:
            _, waiting = await asyncio.wait(waiting, timeout=seconds)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _lane(provider: str) -> asyncio.Semaphore:
    """One's own machine does one thing at a time; more would only measure the waiting."""
    row = PROVIDERS.get(provider)
    return asyncio.Semaphore(1 if row is not None and not row.needs_key else _AT_ONCE)
