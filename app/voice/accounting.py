"""What speech costs: reserved before, one row of the ledger afterwards, however it ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.llm import (
    Amount,
    BudgetExceeded,
    Budgets,
    CacheUse,
    Call,
    CallContext,
    Ledger,
    ModelRef,
    ModelRequest,
    Task,
    Usage,
    record,
)
from app.voice.errors import VoiceOverBudget

PROVIDER = "elevenlabs"
_NOTHING = Decimal(0)
_SECONDS_AN_HOUR = 3600
_PLACES = 9


@frozen
class Rates:
    """USD, by the plan that was bought."""

    per_1000_characters: Decimal
    per_hour: Decimal

    def spoken(self, characters: int) -> Usage:
        return Usage(characters=characters, cost=self.per_1000_characters * characters / 1000)

    def heard(self, seconds: float) -> Usage:
        cost = self.per_hour * Decimal(str(seconds)) / _SECONDS_AN_HOUR
        return Usage(seconds=seconds, cost=round(cost, _PLACES))


class Accounting:
    """Of all calls of the vendor, with the ledger and the budgets that models have too."""

    def __init__(self, ledger: Ledger, budgets: Budgets, clock: Clock, rates: Rates) -> None:
        self._ledger = ledger
        self._budgets = budgets
        self._clock = clock
        self.rates = rates

    @asynccontextmanager
    async def call(
        self, task: Task, model: str, context: CallContext, *, most: Usage
    ) -> AsyncIterator[Call]:
        """The notebook of a call that may use `most`; the block's end, whatever it is, is the
        call's. In it, `begin_attempt` and `heard` tell what was used.

        Raises `VoiceOverBudget`, `BudgetUnavailable` before the block.
        """
        call = self._begin(task, model, context)
        try:
            await self._reserve(call, Amount(usd=most.cost or _NOTHING))
            yield call
        except BaseException as error:
            record(call, error, self._ledger)
            raise
        record(call, None, self._ledger)

    async def _reserve(self, call: Call, most: Amount) -> None:
        try:
            await self._budgets.reserve(call, most)
        except BudgetExceeded as error:
            raise VoiceOverBudget(error.message) from error

    @asynccontextmanager
    async def free(self, task: Task, model: str, context: CallContext) -> AsyncIterator[None]:
        """The same for what was there already."""
        call = self._begin(task, model, context)
        call.cache, call.used = CacheUse.HIT, call.request.model
        try:
            yield
        except BaseException as error:
            record(call, error, self._ledger)
            raise
        record(call, None, self._ledger)

    def _begin(self, task: Task, model: str, context: CallContext) -> Call:
        request = ModelRequest(task, (), context, model=ModelRef(PROVIDER, model))
        call = Call(request, created_at=self._clock())
        call.cache = CacheUse.MISS
        return call
