"""What it is to be a model: a vendor's wire is one, and so is every layer around it."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol

from app.llm.call import Call
from app.llm.events import ModelEvent
from app.llm.messages import ModelRequest
from app.llm.providers.registry import ProviderRow

Hear = Callable[[ModelEvent], None]


class Answer:
    """An answer on its way: its first event is in, the rest is awaited by iterating, once.

    Iterating raises `LLMError` when the answer breaks off. `aclose()` hangs up.
    """

    def __init__(
        self, call: Call, held: Sequence[ModelEvent], rest: AsyncGenerator[ModelEvent, None]
    ) -> None:
        self._call = call
        self._held = held
        self._rest = rest
        self._events: AsyncGenerator[ModelEvent, None] | None = None

    @classmethod
    async def begin(cls, call: Call, events: AsyncGenerator[ModelEvent, None]) -> "Answer":
        """Waits for the first of `events`."""
        first = await anext(events)
        call.hear(first)
        return cls(call, (first,), events)

    async def whole(self) -> "Answer":
        """Waits for the rest too; what comes back has everything in hand."""
        events, hear = [*self._held], self._call.hear
        try:
            async for event in self._rest:
                hear(event)
                events.append(event)
        finally:
            await self._rest.aclose()
        return Answer(self._call, events, _OVER)

    def __aiter__(self) -> AsyncIterator[ModelEvent]:
        if self._events is None:
            self._events = self._heard()
        return self._events

    def __anext__(self) -> Awaitable[ModelEvent]:
        return anext(aiter(self))

    def apart(self) -> tuple[Sequence[ModelEvent], AsyncIterator[ModelEvent], Hear]:
        """What is in hand, what is still to come, and who has to hear each of that: instead of
        iterating, for whom one layer more for every chunk is too many."""
        return self._held, self._rest, self._call.hear

    @property
    def in_hand(self) -> Sequence[ModelEvent] | None:
        """All of it, heard already, where nothing is still to come."""
        return self._held if self._rest is _OVER else None

    def noted_in(self, call: Call) -> None:
        """From now on, what comes is written into another notebook."""
        self._call = call

    async def aclose(self) -> None:
        if self._events is not None:
            await self._events.aclose()
        await self._rest.aclose()

    async def _heard(self) -> AsyncGenerator[ModelEvent, None]:
        for event in self._held:
            yield event
        async for event in self._rest:
            self._call.hear(event)
            yield event


class Provider(Protocol):
    """A connection: address, key, client."""

    @property
    def row(self) -> ProviderRow: ...

    @property
    def base_url(self) -> str: ...

    def model(self, name: str) -> "ChatModel": ...

    async def list_models(self) -> tuple[str, ...]:
        """The ids the provider offers. Raises `LLMError`, within seconds."""
        ...

    async def look(self) -> None:
        """Asks for something small that isn't billed, to see that it is there. Raises like
        `list_models`."""
        ...

    async def aclose(self) -> None: ...


class ChatModel(Protocol):
    async def open(self, request: ModelRequest, call: Call) -> Answer:
        """Asks, and returns when the first event of the answer is in.

        Until then another try or another model may still take over; afterwards a failure is a
        failure. Raises `LLMError`. Cancelling closes what was opened upstream.
        """
        ...


class _Over(AsyncGenerator[ModelEvent, None]):
    """Nothing more. One for all: a generator of its own for every answer is one too many."""

    async def asend(self, _value: None) -> ModelEvent:
        raise StopAsyncIteration

    async def athrow(self, *_error: Any) -> ModelEvent:
        raise StopAsyncIteration

    async def aclose(self) -> None:
        pass


_OVER = _Over()
