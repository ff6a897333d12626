"""What is kept of every call: one entry, however the call ended."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from app.kit.frozen import frozen
from app.kit.trace import current_trace
from app.llm.call import CacheUse, Call, CallStatus, Saving
from app.llm.cost import NOTHING, cost_of
from app.llm.messages import Attempt, CallContext, ModelRef, Task, Usage


@frozen
class LedgerEntry:
    """`asked` is the model that the caller named, as it did; `used` the one that was heard.

    `usage` adds up every attempt in which something was heard: vendors bill for half an answer
    too. `estimated` says that some of it is our guess, since a provider never told. `cost` is for
    all of it, in USD, None when a price is unknown; `costs` has it for each attempt. A call that
    nobody answered, and one answered from the cache, cost 0.

    `cache` and `savings` say what the layers saved, `decision` what routing went by.
    `reservation` is what budgets hold until the entry is written, by id. `trace_id` is that of the
    request or job it was made in.
    `first_token_ms` counts from the start of the call, failed tries included; `attempts` have
    their own.
    """

    id: UUID
    task: Task
    context: CallContext
    asked: ModelRef | str | None
    used: ModelRef | None
    status: CallStatus
    error: str | None
    attempts: tuple[Attempt, ...]
    usage: Usage
    cost: Decimal | None
    estimated: bool
    latency_ms: int
    first_token_ms: int | None
    created_at: datetime
    costs: tuple[Decimal | None, ...] = ()
    cache: CacheUse = CacheUse.OFF
    savings: tuple[Saving, ...] = ()
    decision: Mapping[str, Any] = field(default_factory=dict)
    profile: str | None = None
    complexity: str | None = None
    reservation: UUID | None = None
    trace_id: str | None = None

    @property
    def unsettled(self) -> bool:
        """Whether a provider can be asked what some of it really cost."""
        return self.cache is not CacheUse.HIT and any(a.unsettled for a in self.attempts)

    @classmethod
    def of(cls, call: Call) -> "LedgerEntry":
        request = call.request
        billed = [] if call.cache is CacheUse.HIT else call.attempts
        costs = tuple([cost_of(attempt, call.plan) for attempt in billed])
        return cls(
            id=call.id,
            task=request.task,
            context=request.context,
            asked=request.model or next(iter(request.wishes.models), None),
            used=call.used,
            status=call.status or CallStatus.OK,
            error=call.error,
            attempts=tuple(call.attempts),
            usage=_usage(billed),
            cost=_sum(costs),
            estimated=True in [attempt.estimated for attempt in billed],
            latency_ms=call.latency_ms,
            first_token_ms=call.first_token_ms,
            created_at=call.created_at,
            costs=costs,
            cache=call.cache,
            savings=call.savings,
            decision=call.decision,
            profile=call.decision.get("profile", request.wishes.profile),
            complexity=call.decision.get("complexity", request.wishes.complexity),
            reservation=call.reservation,
            trace_id=trace.trace_id if (trace := current_trace()) else None,
        )


class Ledger(Protocol):
    def record(self, entry: LedgerEntry) -> None:
        """Takes the entry at once: doesn't block, doesn't raise."""
        ...


class NullLedger:
    """Forgets every entry."""

    def record(self, entry: LedgerEntry) -> None:
        pass


def _sum(costs: tuple[Decimal | None, ...]) -> Decimal | None:
    total = NOTHING
    for cost in costs:
        if cost is None:
            return None
        total += cost
    return total


def _usage(attempts: list[Attempt]) -> Usage:
    heard = [attempt.usage for attempt in attempts if attempt.usage is not None]
    return heard[0] if len(heard) == 1 else _total(heard)


def _total(usages: list[Usage]) -> Usage:
    """Without the providers' own figures: an attempt's cost is counted apart."""
    return Usage(
        prompt_tokens=sum(usage.prompt_tokens for usage in usages),
        completion_tokens=sum(usage.completion_tokens for usage in usages),
        cached_tokens=sum(usage.cached_tokens for usage in usages),
        reasoning_tokens=sum(usage.reasoning_tokens for usage in usages),
        cache_write_tokens=sum(usage.cache_write_tokens for usage in usages),
        characters=sum(usage.characters for usage in usages),
        seconds=sum(usage.seconds for usage in usages),
        pictures=sum(usage.pictures for usage in usages),
    )
