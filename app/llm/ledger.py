"""What is kept of every call: one entry, however the call ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from app.llm.call import CacheUse, Call, CallStatus, Saving
from app.llm.messages import Attempt, CallContext, ModelRef, Task, Usage
from app.llm.tokens import estimate_tokens, prompt_tokens


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """`asked` is the model that the caller named, `used` the one that was heard.

    `cost` in USD, None when nobody knows it. `cache` and `savings` say what the layers saved,
    `decision` what routing went by. `estimated` says that the tokens are our guess, since
    the provider never told. `first_token_ms` counts from the start of the call, failed tries
    included; `attempts` have their own.
    """

    id: UUID
    task: Task
    context: CallContext
    asked: ModelRef | None
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
    cache: CacheUse = CacheUse.OFF
    savings: tuple[Saving, ...] = ()
    decision: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, call: Call) -> "LedgerEntry":
        request = call.request
        usage, estimated = _usage(call)
        return cls(
            id=call.id,
            task=request.task,
            context=request.context,
            asked=request.model,
            used=call.used,
            status=call.status or CallStatus.OK,
            error=call.error,
            attempts=tuple(call.attempts),
            usage=usage,
            cost=usage.cost,
            estimated=estimated,
            latency_ms=call.latency_ms,
            first_token_ms=call.first_token_ms,
            created_at=call.created_at,
            cache=call.cache,
            savings=call.savings,
            decision=call.decision,
        )


class Ledger(Protocol):
    def record(self, entry: LedgerEntry) -> None:
        """Takes the entry at once: doesn't block, doesn't raise."""
        ...


class NullLedger:
    """Forgets every entry."""

    def record(self, entry: LedgerEntry) -> None:
        pass


def _usage(call: Call) -> tuple[Usage, bool]:
    if call.usage is not None:
        return call.usage, False
    if call.used is None:
        return Usage(), False
    return Usage(prompt_tokens(call.request), estimate_tokens(call.characters)), True
