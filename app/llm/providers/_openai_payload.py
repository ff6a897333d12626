"""Reads the JSON of the OpenAI wire, believing nothing about its shape: what isn't as it should be
is as good as absent."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from app.llm.events import ModelEvent, TextDelta, ThinkingDelta, ToolCallDelta
from app.llm.messages import Usage

_TICKS = 10**10  # in a US dollar
_SENSE = 10**18


def said(message: dict[str, Any]) -> Iterator[ModelEvent]:
    """What a delta, or a whole message, says. Both spellings of reasoning are in use; Mistral's
    reasoning models send it as parts of the content instead."""
    thinking = text_in(message.get("reasoning")) or text_in(message.get("reasoning_content"))
    if thinking:
        yield ThinkingDelta(thinking)
    if text := text_in(message.get("content")) or text_in(message.get("refusal")):
        yield TextDelta(text)
    for part in dicts_in(message.get("content")):
        yield from _part(part)
    for position, call in enumerate(dicts_in(message.get("tool_calls"))):
        function = dict_in(call.get("function"))
        index = call.get("index")
        yield ToolCallDelta(
            index if isinstance(index, int) else position,
            text_in(function.get("name")),
            text_in(function.get("arguments")),
            text_in(call.get("id")),
        )


def _part(part: dict[str, Any]) -> Iterator[ModelEvent]:
    if text := text_in(part.get("text")):
        yield TextDelta(text)
    for thought in dicts_in(part.get("thinking")):
        if text := text_in(thought.get("text")):
            yield ThinkingDelta(text)


def usage_in(payload: dict[str, Any]) -> Usage | None:
    """The count in a chunk or a whole answer, wherever the vendor puts it; None without one, or
    where it can't be one: a guess is nearer to it."""
    usage = payload.get("usage") or dict_in(payload.get("x_groq")).get("usage")
    return usage_of(usage) if isinstance(usage, dict) and _counts(usage) else None


def _counts(usage: dict[str, Any]) -> bool:
    told = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
    return told != [None, None] and all(map(_countable, told))


def usage_of(usage: dict[str, Any]) -> Usage:
    prompt = count_in(usage.get("prompt_tokens"))
    completion = count_in(usage.get("completion_tokens"))
    read = dict_in(usage.get("prompt_tokens_details"))
    reasoning = count_in(dict_in(usage.get("completion_tokens_details")).get("reasoning_tokens"))
    if reasoning and count_in(usage.get("total_tokens")) == prompt + completion + reasoning:
        completion += reasoning  # xAI counts it beside the rest
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        cached_tokens=count_in(read.get("cached_tokens"))
        or count_in(usage.get("prompt_cache_hit_tokens")),  # DeepSeek's older spelling
        cache_write_tokens=count_in(read.get("cache_write_tokens")),
        reasoning_tokens=reasoning,
        cost=_cost(usage),
    )


def _cost(usage: dict[str, Any]) -> Decimal | None:
    """In USD, in whichever spelling. With a key of one's own at a vendor behind OpenRouter, `cost`
    is OpenRouter's fee, and the vendor's price stands beside it."""
    told = usage.get("cost")
    if isinstance(told, dict):  # Perplexity
        return decimal_in(told.get("total_cost"))
    cost = decimal_in(told)
    if cost is not None and usage.get("is_byok") is True:
        details = dict_in(usage.get("cost_details"))
        return cost + (decimal_in(details.get("upstream_inference_cost")) or 0)
    ticks = decimal_in(usage.get("cost_in_usd_ticks"))
    if ticks is not None:  # xAI
        return ticks / _TICKS
    return cost if cost is not None else decimal_in(usage.get("estimated_cost"))  # DeepInfra


def decimal_in(value: object) -> Decimal | None:
    """An amount, from a number or its text: the shortest decimal that reads back as the float,
    which is the figure that was sent. None for anything below 0, or beyond all sense."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < _SENSE else None


def count_in(value: object) -> int:
    return int(value) if isinstance(value, int | float) and _countable(value) else 0


def _countable(value: object) -> bool:
    """Some vendors leave a count out, or send it as 12.0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value is None
    return 0 <= value < _SENSE and value == int(value)


def text_in(value: object) -> str:
    return value if isinstance(value, str) else ""


def dict_in(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def dicts_in(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
