"""Which budgets there are, in memory: so that a call to which none applies asks no database."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database, Notifications, UnitOfWork
from app.gateway.budgets.budget import Budget
from app.gateway.budgets.repository import Budgets, Spending
from app.kit.clock import Clock
from app.llm import Limits, ModelRequest

log = structlog.get_logger()

_TOPIC = "budgets"
_LOOK_AGAIN = 60.0
_PAUSE = 1.0


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


class LiveBudgets:
    """Keeps `rules` the newest, at the start and whenever any process changed a budget."""

    def __init__(self, database: Database, notifications: Notifications, clock: Clock) -> None:
        self.rules = Rules()
        self._database = database
        self._notifications = notifications
        self._clock = clock
        self._loading = asyncio.Lock()

    async def load(self) -> None:
        """Raises when the database is away."""
        async with self._loading, self._database.read(EVERY_TENANT) as unit:
            self.rules = Rules(await Budgets(unit).all())

    async def announce(self, unit: UnitOfWork) -> None:
        """Has every process load anew once `unit` is committed."""
        await self._notifications.publish(unit, _TOPIC, int(self._clock().timestamp()))

    async def run(self) -> None:
        """Loads after every change, and now and then; removes reservations that expired."""
        changed = asyncio.Event()
        with self._notifications.waiting(_TOPIC, lambda _: changed.set()):
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN):
                        await changed.wait()
                changed.clear()
                try:
                    await self.load()
                    await self._expire()
                except DATABASE_ERRORS as error:
                    log.warning("budgets.not_loaded", error=type(error).__name__)
                    changed.set()
                    await asyncio.sleep(_PAUSE)

    async def _expire(self) -> None:
        async with self._database.begin(EVERY_TENANT) as unit:
            await Spending(unit).expire(self._clock())
