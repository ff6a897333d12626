"""Recordings as bytes, for a store to keep."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from app.kit import json
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
from app.llm.messages import ModelRef, Usage

_WRITE: dict[type, Callable[[Any], list[Any]]] = {
    TextDelta: lambda event: ["text", event.text],
    ThinkingDelta: lambda event: ["thinking", event.text],
    ToolCallDelta: lambda event: ["tool", event.index, event.name, event.arguments, event.id],
    WireChunk: lambda event: ["wire", event.data.decode(), event.characters],
    Vectors: lambda event: ["vectors", event.vectors],
    UsageReport: lambda event: ["usage", _counts(event.usage)],
    End: lambda event: ["end", event.finish_reason, event.model.provider, event.model.model],
}
_READ: dict[str, Callable[..., ModelEvent]] = {
    "text": TextDelta,
    "thinking": ThinkingDelta,
    "tool": ToolCallDelta,
    "wire": lambda text, characters: WireChunk(text.encode(), characters),
    "vectors": lambda vectors: Vectors(tuple(map(tuple, vectors))),
    "usage": lambda counts: UsageReport(_usage(counts)),
    "end": lambda reason, provider, model: End(reason, ModelRef(provider, model)),
}


def encode(events: Sequence[ModelEvent]) -> bytes:
    """A JSON array. Raises `ValueError` or `TypeError` where a text isn't UTF-8."""
    return json.dumps([_WRITE[type(event)](event) for event in events])


def decode(data: bytes) -> tuple[ModelEvent, ...]:
    """Raises `ValueError`, `TypeError` or `KeyError` on what `encode` didn't write."""
    return tuple(_READ[kind](*values) for kind, *values in json.loads(data))


def _counts(usage: Usage) -> dict[str, Any]:
    return asdict(usage) | {"cost": None if usage.cost is None else str(usage.cost)}


def _usage(counts: dict[str, Any]) -> Usage:
    cost = counts.pop("cost")
    return Usage(**counts, cost=None if cost is None else Decimal(cost))
