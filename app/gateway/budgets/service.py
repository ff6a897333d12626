"""Sets, shows and removes budgets."""

from app.db import EVERY_TENANT, Database
from app.gateway.budgets.budget import Budget, Standing
from app.gateway.budgets.errors import BudgetNotFound
from app.gateway.budgets.live import LiveBudgets
from app.gateway.budgets.repository import Budgets
from app.kit.clock import Clock
from app.kit.deadline import within
from app.kit.frozen import frozen

_PATIENCE = 10.0


@frozen
class StandingsPage:
    standings: list[Standing]
    total: int


class BudgetBook:
    """What this process changes it heeds at once, and the others as soon as they hear of it."""

    def __init__(self, database: Database, live: LiveBudgets, clock: Clock) -> None:
        self._database = database
        self._live = live
        self._clock = clock

    async def put(self, budget: Budget) -> Standing:
        """Makes or changes it. What its scope spent in the period so far counts at once."""
        await within(_PATIENCE, self._put(budget))
        await self._live.load()
        return await self.get(budget.name)

    async def get(self, name: str) -> Standing:
        """Raises `BudgetNotFound`."""
        async with self._database.read(EVERY_TENANT) as unit:
            found = await Budgets(unit).find(now=self._clock(), name=name)
        if not found:
            raise BudgetNotFound(name)
        return found[0]

    async def list(self, *, limit: int, offset: int) -> StandingsPage:
        async with self._database.read(EVERY_TENANT) as unit:
            budgets = Budgets(unit)
            total = await budgets.count()
            found = await budgets.find(now=self._clock(), limit=limit, offset=offset)
        return StandingsPage(found, total)

    async def delete(self, name: str) -> None:
        """Raises `BudgetNotFound`."""
        async with self._database.begin(EVERY_TENANT) as unit:
            if not await Budgets(unit).delete(name):
                raise BudgetNotFound(name)
            await self._live.announce(unit)
        await self._live.load()

    async def _put(self, budget: Budget) -> None:
        async with self._database.begin(EVERY_TENANT) as unit:
            await Budgets(unit).put(budget, now=self._clock())
            await self._live.announce(unit)
