"""What Galileo is told, as plain values, and what it tells back."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.kit.frozen import frozen


@frozen
class LlmSpanValue:
    """One try at a model. Messages are objects with `role`, `content`, and `tool_calls` or
    `tool_call_id` where there are any. Durations in nanoseconds."""

    name: str
    model: str | None
    input: Sequence[Mapping[str, Any]]
    output: Mapping[str, Any]
    created_at: datetime
    duration_ns: int
    first_token_ns: int | None
    prompt_tokens: int | None
    completion_tokens: int | None
    status_code: int
    temperature: float | None = None
    tools: Sequence[Mapping[str, Any]] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@frozen
class ToolSpanValue:
    """Something done beside the model, as a text that went in and one that came out."""

    name: str
    input: str
    output: str | None
    created_at: datetime
    tool_call_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@frozen
class TraceValue:
    """A turn, or a run's outcome. By its `id`, which is a random UUID (version 4) to Galileo, it
    is known there whatever way it came."""

    id: UUID
    name: str
    input: str
    output: str
    created_at: datetime
    duration_ns: int
    status_code: int
    spans: Sequence[LlmSpanValue | ToolSpanValue]
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()


@frozen
class SessionValue:
    """What traces belong to: known at Galileo by `external_id`."""

    external_id: str
    name: str


@frozen
class ScoreValue:
    """What a scorer, by the name that the settings have for it, says of a trace. `status` is
    Galileo's word; `value` is 0 to 1 where it is `success` and the score a number."""

    scorer: str
    status: str
    value: float | None
    explanation: str | None

    @property
    def final(self) -> bool:
        return self.status not in {"pending", "computing"}
