"""An answer as it was heard, to be played again."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from app.kit.frozen import frozen
from app.llm.cache.codec import decode, encode
from app.llm.events import (
    End,
    ModelEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReport,
    Vectors,
    WireChunk,
)
from app.llm.messages import ModelRef
from app.llm.providers.connected import OFFLINE

_OBJECT = 128
"""Bytes that an event takes in memory besides what it holds, about."""

_COMPLETE = frozenset({"stop", "tool_calls", "function_call"})
"""How answers end that were said to their end: neither cut for length nor filtered."""


@frozen
class Recording:
    """`size` in bytes, as it takes in memory."""

    events: tuple[ModelEvent, ...]
    expires_at: datetime
    size: int

    @classmethod
    def of(cls, events: Sequence[ModelEvent], expires_at: datetime) -> "Recording":
        return cls(tuple(events), expires_at, sum(map(size_of, events)))

    def dumps(self) -> bytes:
        """Raises `ValueError` or `TypeError` where a text isn't UTF-8."""
        return encode(self.events)

    @classmethod
    def loads(cls, data: bytes, expires_at: datetime) -> "Recording":
        """Raises `ValueError`, `TypeError` or `KeyError` on what `dumps` didn't write."""
        return cls.of(decode(data), expires_at)

    @property
    def model(self) -> ModelRef | None:
        """The one that answered."""
        last = self.events[-1] if self.events else None
        return last.model if isinstance(last, End) else None

    async def play(self) -> AsyncGenerator[ModelEvent, None]:
        """The events as they were, as fast as they are taken. Nobody is charged again."""
        for event in self.events:
            yield unbilled(event)


def complete(events: Sequence[ModelEvent]) -> bool:
    """Whether a model said all of this and meant to end here. What is built in is no model."""
    match events:
        case [_, *_, End(finish_reason=reason, model=model)]:
            return reason in _COMPLETE and model.provider != OFFLINE
        case _:
            return False


def unbilled(event: ModelEvent) -> ModelEvent:
    """The same event for somebody who doesn't pay: the tokens are told, their cost is none."""
    if isinstance(event, UsageReport):
        return UsageReport(replace(event.usage, cost=Decimal(0)))
    return event


def size_of(event: ModelEvent) -> int:
    match event:
        case TextDelta(text) | ThinkingDelta(text) | ToolCallDelta(_, _, text):
            return _OBJECT + len(text.encode("utf-8", "replace"))
        case WireChunk(data, _):
            return _OBJECT + len(data)
        case Vectors(vectors):
            return _OBJECT + 32 * sum(map(len, vectors))  # a float is an object, too
        case _:
            return _OBJECT
