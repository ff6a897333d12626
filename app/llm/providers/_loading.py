"""Waits longer for a model that its server has to load first."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from app.kit.frozen import frozen
from app.llm.errors import LLMError
from app.llm.events import ModelEvent
from app.llm.providers._deadlines import Deadlines
from app.llm.timeouts import Timeouts

_FRESH = 60.0  # seconds for which a model that answered is taken to be in memory still
_SILENCE = 1.0  # seconds after which it is time to ask
_NEWS = 0.5  # seconds for which an answer stands
_BOUND = 1000


@frozen
class LocalModel:
    """A model installed on a local server, under one of the names it goes by.

    `context_length` in tokens is that of the loaded instance, else the most the model takes.
    """

    name: str
    loaded: bool
    context_length: int | None = None


class Loading:
    """What is known of the models in a local server's memory. `installed` raises `LLMError`, and is
    empty where the server doesn't tell; then none is waited for longer than usual.

    The server is asked when a model has been silent for a while, and once for all who wait then. A
    model that answered a minute ago isn't asked about at all. `first_token` is in seconds.
    """

    def __init__(
        self,
        installed: Callable[[], Awaitable[tuple[LocalModel, ...]]],
        first_token: float,
        usual: Timeouts,
    ) -> None:
        self._installed = installed
        self._first_token = first_token
        self._silence = min(_SILENCE, usual.first_token / 2)
        self._answered: dict[str, float] = {}
        self._asking = asyncio.Lock()
        self._told: tuple[float, tuple[LocalModel, ...]] = (-_NEWS, ())

    def waited_for(
        self, model: str, deadlines: Deadlines, events: AsyncGenerator[ModelEvent, None]
    ) -> AsyncGenerator[ModelEvent, None]:
        """The same events. Prolongs `deadlines` when it turns out that `model` isn't loaded."""
        fresh = _now() - self._answered.get(model, -_FRESH) < _FRESH
        return events if fresh else self._watched(model, deadlines, events)

    async def _watched(
        self, model: str, deadlines: Deadlines, events: AsyncGenerator[ModelEvent, None]
    ) -> AsyncGenerator[ModelEvent, None]:
        looking = asyncio.create_task(self._look(model, deadlines))
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
        finally:
            looking.cancel()
        self._note(model)

    def _note(self, model: str) -> None:
        if len(self._answered) >= _BOUND:
            self._answered.clear()
        self._answered[model] = _now()

    async def _look(self, model: str, deadlines: Deadlines) -> None:
        await asyncio.sleep(self._silence)
        named = [known.loaded for known in await self._ask() if known.name == model]
        if named and not any(named):
            deadlines.prolong(self._first_token)

    async def _ask(self) -> tuple[LocalModel, ...]:
        async with self._asking:
            if _now() - self._told[0] >= _NEWS:
                try:
                    self._told = (_now(), await self._installed())
                except LLMError:
                    self._told = (_now(), ())
            return self._told[1]


def _now() -> float:
    return asyncio.get_running_loop().time()
