"""Puts what a provider charged in the place of what was guessed. On rows in memory: no database."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.gateway.calls.models import LedgerRow
from app.llm import Amount, Usage

AttemptRow = Mapping[str, Any]


def unsettled(attempts: Iterable[AttemptRow]) -> list[AttemptRow]:
    """Those whose cost can be found out: they have a name, and nobody told their tokens."""
    return [a for a in attempts if a.get("generation_id") and a.get("estimated") is not False]


def correct(row: LedgerRow, told: Mapping[str, Usage]) -> Amount:
    """Changes the row by what is `told`, by generation id, and returns what that adds to its cost,
    which may be less than nothing. What is corrected already stays as it is."""
    before = _amount(row)
    for attempt in unsettled(row.attempts):
        if (usage := told.get(attempt["generation_id"])) is not None:
            _count(row, attempt, usage)
            row.attempts = [_settled(a, usage) if a is attempt else a for a in row.attempts]
    row.cost_usd = _cost(row.attempts)
    row.estimated = any(attempt.get("estimated") for attempt in row.attempts)
    if not unsettled(row.attempts):
        row.settle_at = None
    after = _amount(row)
    return Amount(after.usd - before.usd, after.tokens - before.tokens)


def _count(row: LedgerRow, attempt: AttemptRow, usage: Usage) -> None:
    """A guess has no cached tokens and no thoughts in it."""
    row.prompt_tokens += usage.prompt_tokens - attempt.get("prompt_tokens", 0)
    row.completion_tokens += usage.completion_tokens - attempt.get("completion_tokens", 0)
    row.cached_tokens += usage.cached_tokens
    row.cache_write_tokens += usage.cache_write_tokens
    row.reasoning_tokens += usage.reasoning_tokens


def _settled(attempt: AttemptRow, usage: Usage) -> dict[str, Any]:
    return {
        **attempt,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost_usd": None if usage.cost is None else str(usage.cost),
        "estimated": False,
    }


def _cost(attempts: Iterable[AttemptRow]) -> Decimal | None:
    """Of those that were heard, and so billed; None when one of their prices is unknown."""
    costs = [attempt.get("cost_usd") for attempt in attempts if "prompt_tokens" in attempt]
    known = [Decimal(cost) for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _amount(row: LedgerRow) -> Amount:
    return Amount(row.cost_usd or Decimal(0), row.prompt_tokens + row.completion_tokens)
