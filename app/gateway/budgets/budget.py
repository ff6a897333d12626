"""What a budget is: whose calls, of which period, up to how much."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from app.kit.frozen import frozen
from app.llm import Amount, ModelRequest

Number = TypeVar("Number", int, Decimal)


class Period(StrEnum):
    """Of UTC's calendar."""

    DAY = "day"
    MONTH = "month"

    def start(self, moment: datetime) -> datetime:
        """Of the period that `moment` is in."""
        midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight if self is Period.DAY else midnight.replace(day=1)

    def end(self, moment: datetime) -> datetime:
        """Of the period that `moment` is in: when the next one starts."""
        start = self.start(moment)
        if self is Period.DAY:
            return start + timedelta(days=1)
        return (start + timedelta(days=32)).replace(day=1)


@frozen
class Scope:
    """Whose calls count; None is any."""

    tenant: str | None = None
    key_id: str | None = None
    task: str | None = None

    def covers(self, request: ModelRequest) -> bool:
        context = request.context
        return (
            self.tenant in (None, context.tenant_id)
            and self.key_id in (None, context.key_id)
            and self.task in (None, request.task)
        )


@frozen
class Budget:
    """`usd` and `tokens` limit what calls of `scope` may cost in each period; None doesn't."""

    name: str
    scope: Scope
    period: Period
    usd: Decimal | None
    tokens: int | None


@frozen
class Standing:
    """How a budget stands in one period: `spent` by calls that ended, `reserved` for others."""

    budget: Budget
    starts_at: datetime
    spent: Amount
    reserved: Amount

    @property
    def resets_at(self) -> datetime:
        return self.budget.period.end(self.starts_at)

    @property
    def left_usd(self) -> Decimal | None:
        """Never below 0, though a call may have cost more than was reserved for it."""
        return _left(self.budget.usd, self.spent.usd + self.reserved.usd)

    @property
    def left_tokens(self) -> int | None:
        return _left(self.budget.tokens, self.spent.tokens + self.reserved.tokens)

    def covers(self, most: Amount) -> bool:
        """Whether a call that may cost so much has room. What costs nothing always has."""
        return _fits(most.usd, self.left_usd) and _fits(most.tokens, self.left_tokens)


def _left(limit: Number | None, used: Number) -> Number | None:
    return None if limit is None else max(limit - used, type(limit)(0))


def _fits(most: Number, left: Number | None) -> bool:
    return not most or left is None or most <= left
