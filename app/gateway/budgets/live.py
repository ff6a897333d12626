"""Which budgets there are, in memory: so that a call to which none applies asks no database."""

from collections.abc import Iterable

from app.db import EVERY_TENANT, Database, Notifications
from app.gateway.budgets.budget import Budget
from app.gateway.budgets.repository import Budgets, Spending
from app.gateway.feed import Feed
from app.kit.clock import Clock
from app.llm import Limits, ModelRequest


class Rules:
    """The budgets that there were at some moment."""

    def __init__(self, budgets: Iterable[Budget] = ()) -> None:
        self._by_tenant: dict[str | None, list[Budget]] = {}
        for budget in budgets:
            self._by_tenant.setdefault(budget.scope.tenant, []).append(budget)

    def limits(self, request: ModelRequest) -> Limits | None:
        """In which units the budgets that apply are; None when none does."""
        if not self._by_tenant:
            return None
        tenants = (None, request.context.tenant_id)
        applying = [
            budget
            for tenant in tenants
            for budget in self._by_tenant.get(tenant, ())
            if budget.scope.covers(request)
        ]
        if not applying:
            return None
        return Limits(
            usd=any(budget.usd is not None for budget in applying),
            tokens=any(budget.tokens is not None for budget in applying),
        )


class LiveBudgets(Feed):
    """Keeps `rules` the newest, at the start and whenever any process changed a budget."""

    topic = "budgets"
    look_again = 60.0

    def __init__(self, database: Database, notifications: Notifications, clock: Clock) -> None:
        super().__init__(database, notifications, clock)
        self.rules = Rules()

    async def load(self) -> None:
        """Raises when the database is away."""
        async with self._loading, self._database.read(EVERY_TENANT) as unit:
            self.rules = Rules(await Budgets(unit).all())

    async def refresh(self) -> None:
        """Removes reservations that expired, too."""
        await self.load()
        await self._expire()

    async def _expire(self) -> None:
        async with self._database.begin(EVERY_TENANT) as unit:
            await Spending(unit).expire(self._clock())
