"""Which budgets apply is known in memory: at once where they are changed, and soon elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.accounts import DEFAULT_TENANT
from app.db import Address, Database, Notifications
from app.gateway import LiveBudgets
from app.gateway.budgets.budget import Scope
from app.gateway.budgets.live import Rules
from app.llm import Limits, Task
from tests.gateway.budgets.conftest import Hands, Process, budget


@asynccontextmanager
async def listening(address: Address, clock: Hands) -> AsyncIterator[LiveBudgets]:
    """Another process, which only hears of changes."""
    database, notifications = Database(address), Notifications(address)
    live = LiveBudgets(database, notifications, clock)
    tasks = [asyncio.create_task(work()) for work in (notifications.listen, live.run)]
    try:
        yield live
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await database.aclose()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_change_is_heeded_at_once(process: Process) -> None:
    request = process.call().request
    assert process.live.rules.limits(request) is None
    await process.book.put(budget())
    assert process.live.rules.limits(request) == Limits(usd=True, tokens=False)
    await process.book.put(budget(usd=None, tokens=5))
    assert process.live.rules.limits(request) == Limits(usd=False, tokens=True)
    await process.book.delete("daily")
    assert process.live.rules.limits(request) is None


async def test_other_processes_hear_of_it(
    process: Process, clean_address: Address, clock: Hands
) -> None:
    request = process.call().request
    async with listening(clean_address, clock) as other:
        await process.book.put(budget())
        await until(lambda: other.rules.limits(request) is not None)
        await process.book.delete("daily")
        await until(lambda: other.rules.limits(request) is None)


async def test_expired_reservations_are_removed(
    process: Process, clean_address: Address, clock: Hands, database: Database
) -> None:
    await process.book.put(budget())
    await process.reserve("0.50")
    clock.forward(hours=2)
    await process.reserve("0.60")
    async with listening(clean_address, clock) as other:
        await until(lambda: other.rules.limits(process.call().request) is not None)
        async with asyncio.timeout(20):
            while await _reservations(database) != 1:
                await asyncio.sleep(0.01)


async def _reservations(database: Database) -> int:
    async with database.engine.connect() as connection:
        found = await connection.exec_driver_sql("SELECT count(*) FROM llm_budget_reservations")
        return int(found.scalar_one())


def test_what_applies_adds_up(process: Process) -> None:
    rules = Rules(
        [
            budget("all", usd=None, tokens=9),
            budget("ours", scope=Scope(tenant=DEFAULT_TENANT, task=Task.CHAT)),
            budget("theirs", scope=Scope(tenant="acme"), tokens=1),
        ]
    )
    assert rules.limits(process.call().request) == Limits(usd=True, tokens=True)
    summary = process.call(task=Task.SUMMARY).request
    assert rules.limits(summary) == Limits(usd=False, tokens=True)
