"""Reads the JSON of the OpenAI wire, believing nothing about its shape: what isn't as it should be
is as good as absent."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.llm.events import ModelEvent, TextDelta, ThinkingDelta, ToolCallDelta
from app.llm.messages import Usage


def said(message: dict[str, Any]) -> Iterator[ModelEvent]:
    """What a delta, or a whole message, says. Both spellings of reasoning are in use."""
    thinking = text_in(message.get("reasoning")) or text_in(message.get("reasoning_content"))
    if thinking:
        yield ThinkingDelta(thinking)
    if text := text_in(message.get("content")) or text_in(message.get("refusal")):
        yield TextDelta(text)
    for position, call in enumerate(dicts_in(message.get("tool_calls"))):
        function = dict_in(call.get("function"))
        index = call.get("index")
        yield ToolCallDelta(
            index if isinstance(index, int) else position,
            text_in(function.get("name")),
            text_in(function.get("arguments")),
        )


def usage_of(usage: dict[str, Any]) -> Usage:
    return Usage(
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=_count(dict_in(usage.get("prompt_tokens_details")).get("cached_tokens")),
        reasoning_tokens=_count(
            dict_in(usage.get("completion_tokens_details")).get("reasoning_tokens")
        ),
        cost=_cost(usage.get("cost")),
    )


def _cost(value: object) -> Decimal | None:
    """The shortest decimal that reads back as the float, which is the figure that was sent."""
    known = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return Decimal(str(value)) if known else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def text_in(value: object) -> str:
    return value if isinstance(value, str) else ""


def dict_in(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def dicts_in(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
