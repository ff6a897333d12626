"""Looks after every provider now and then, so that no request has to find out that one is gone."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from app.kit.deadline import within
from app.llm import Health, LLMError, ModelTimeout

Look = Callable[[str], Awaitable[object]]
"""Asks a provider for something cheap that isn't billed. Raises `LLMError`."""

_PATIENCE = 10.0
_SECOND_LOOK = 1.0
_SPREAD = 0.1


class Prober:
    """Every `interval` seconds, give or take a tenth, so that processes don't ask in step."""

    def __init__(
        self,
        providers: tuple[str, ...],
        look: Look,
        health: Health,
        *,
        interval: float,
        second_look: float = _SECOND_LOOK,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._providers = providers
        self._look = look
        self._health = health
        self._interval = interval
        self._second_look = second_look
        self._draw = draw

    async def run(self) -> None:
        """Looks until cancelled; each provider by itself, so that none waits for a slow one."""
        async with asyncio.TaskGroup() as group:
            for provider in self._providers:
                group.create_task(self._watch(provider))

    async def look(self, provider: str) -> None:
        """One look. Before a provider counts as gone it gets a second chance."""
        begun = time.monotonic()
        error = await self._try(provider)
        if error is not None and error.retryable:
            await asyncio.sleep(self._second_look)
            begun = time.monotonic()
            error = await self._try(provider)
        self._health.looked(provider, time.monotonic() - begun, error)

    async def _watch(self, provider: str) -> None:
        while True:
            await self.look(provider)
            await asyncio.sleep(self._interval * (1 + _SPREAD * (2 * self._draw() - 1)))

    async def _try(self, provider: str) -> LLMError | None:
        try:
            await within(_PATIENCE, self._look(provider))
        except LLMError as error:
            return error
        except TimeoutError:
            return ModelTimeout(f"{provider} didn't answer within {_PATIENCE:g} s")
        return None
