"""The core's `Budgets` on PostgreSQL, which all processes share."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

import structlog

from app.db import DATABASE_ERRORS, Database
from app.gateway.budgets.budget import Standing
from app.gateway.budgets.live import LiveBudgets
from app.gateway.budgets.repository import Reservations
from app.kit.clock import Clock, iso_z
from app.kit.deadline import within
from app.llm import Amount, BudgetExceeded, BudgetUnavailable, Call, Limits, ModelRequest, Task

log = structlog.get_logger()

_ADVICE = ", or less with lower max_tokens"


class Reserving:
    """A call's reservation goes when its row of the ledger comes, in the same transaction; that
    of a call whose process died goes `longest` seconds after it was made: longer than any call.

    `settle` has the rows of calls that ended written, and says whether any waited. A database
    that doesn't answer for `patience` seconds is away.
    """

    def __init__(
        self,
        database: Database,
        live: LiveBudgets,
        settle: Callable[[], Awaitable[bool]],
        clock: Clock,
        *,
        longest: float = 3600.0,
        patience: float = 5.0,
    ) -> None:
        self._database = database
        self._live = live
        self._settle = settle
        self._clock = clock
        self._longest = timedelta(seconds=longest)
        self._patience = patience

    def limits(self, request: ModelRequest) -> Limits | None:
        return self._live.rules.limits(request)

    async def reserve(self, call: Call, most: Amount) -> None:
        limits = self.limits(call.request)
        if limits is None:
            return
        if not ((limits.usd and most.usd) or (limits.tokens and most.tokens)):
            return
        call.reservation = call.id  # first: cancelled on the way, it may be there all the same
        exceeded = await self._reserve(call, most)
        if exceeded and await self._settle():
            exceeded = await self._reserve(call, most)
        if exceeded:
            advice = _ADVICE if call.request.task in Task.of_models() else ""
            raise _exceeded(exceeded, most, advice)

    async def _reserve(self, call: Call, most: Amount) -> list[Standing]:
        try:
            return await within(self._patience, self._ask(call, most))
        except (*DATABASE_ERRORS, OSError) as error:
            log.warning("budgets.not_reached", error=type(error).__name__)
            raise BudgetUnavailable(
                "a budget applies to this call, and the database that keeps it can't be reached "
                "at the moment; try again"
            ) from error

    async def _ask(self, call: Call, most: Amount) -> list[Standing]:
        now = self._clock()
        async with self._database.statement(call.request.context.tenant_id) as unit:
            return await Reservations(unit).reserve(
                call.id,
                call.request,
                most,
                at=call.created_at,
                now=now,
                expires_at=now + self._longest,
            )


def _exceeded(standings: list[Standing], most: Amount, advice: str) -> BudgetExceeded:
    resets_at = max(standing.resets_at for standing in standings)
    told = "; ".join(_told(standing, most) + advice for standing in standings)
    return BudgetExceeded(f"{told}; it starts anew at {iso_z(resets_at)}", resets_at=resets_at)


def _told(standing: Standing, most: Amount) -> str:
    budget, reserved = standing.budget, standing.reserved
    if most.usd and standing.left_usd is not None and most.usd > standing.left_usd:
        figures = _Figures("USD", budget.usd, standing.left_usd, reserved.usd, most.usd)
    else:
        figures = _Figures(
            "tokens", budget.tokens, standing.left_tokens, reserved.tokens, most.tokens
        )
    return f"the budget '{budget.name}' of {figures.told(budget.period)}"


class _Figures(NamedTuple):
    unit: str
    limit: Decimal | int | None
    left: Decimal | int | None
    held: Decimal | int
    most: Decimal | int

    def told(self, period: str) -> str:
        held = f" (calls under way hold {_number(self.held)})" if self.held else ""
        return (
            f"{_number(self.limit)} {self.unit} a {period} has {_number(self.left)} left{held}, "
            f"and this call may cost up to {_number(self.most)}"
        )


def _number(amount: Decimal | int | None) -> str:
    if isinstance(amount, Decimal):
        return f"{round(amount, 6).normalize():f}"
    return str(amount)
