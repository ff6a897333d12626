"""Budgets on a real database, as one process has them, and calls that reserve from them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from app.db import Address, Database, Notifications
from app.gateway import LedgerWriter
from app.gateway.budgets.budget import Budget, Period, Scope, Standing
from app.gateway.budgets.live import LiveBudgets
from app.gateway.budgets.reserving import Reserving
from app.gateway.budgets.service import BudgetBook
from app.llm import (
    Amount,
    Attempt,
    Call,
    CallContext,
    LedgerEntry,
    Message,
    ModelRef,
    ModelRequest,
    Role,
    Task,
    Usage,
)
from tests.gateway.conftest import entry

MODEL = ModelRef("openrouter", "openai/gpt-5-mini")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class Process:
    """What one process has of budgets: the book, what calls reserve from, and the ledger."""

    book: BudgetBook
    live: LiveBudgets
    reserving: Reserving
    ledger: LedgerWriter
    clock: Hands

    def call(self, tenant: str = "default", task: Task = Task.CHAT, **context: Any) -> Call:
        request = ModelRequest(
            task, (Message(Role.USER, "Hello"),), CallContext(tenant, **context), MODEL
        )
        return Call(request, created_at=self.clock())

    async def reserve(self, usd: str = "0", tokens: int = 0, **call: Any) -> Call:
        made = self.call(**call)
        await self.reserving.reserve(made, Amount(Decimal(usd), tokens))
        return made

    def end(self, call: Call, cost: str | None = "0", *, tokens: int = 0) -> LedgerEntry:
        """Records that the call ended, having cost so much."""
        paid = entry(
            id=call.id,
            context=call.request.context,
            task=call.request.task,
            attempts=(Attempt(MODEL, None, None, 1),),
            usage=Usage(tokens, 0),
            cost=None if cost is None else Decimal(cost),
            created_at=call.created_at,
            reservation=call.reservation,
        )
        self.ledger.record(paid)
        return paid

    async def settle(self) -> None:
        assert await self.ledger.flush(10)


def budget(name: str = "daily", **fields: Any) -> Budget:
    values: dict[str, Any] = {
        "scope": Scope(),
        "period": Period.DAY,
        "usd": Decimal("1.00"),
        "tokens": None,
    }
    return Budget(name, **(values | fields))


def spent(standing: Standing) -> tuple[Decimal, Decimal]:
    """USD spent, and USD reserved."""
    return standing.spent.usd, standing.reserved.usd


StartProcess = Callable[[], Awaitable[Process]]


@asynccontextmanager
async def process_on(
    address: Address, clock: Hands, *, patience: float = 20
) -> AsyncIterator[Process]:
    database = Database(address)
    live = LiveBudgets(database, Notifications(address), clock)
    ledger = LedgerWriter(database)
    reserving = Reserving(database, live, partial(ledger.flush, 10), clock, patience=patience)
    await live.load()
    yield Process(BudgetBook(database, live, clock), live, reserving, ledger, clock)
    await database.aclose()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def start_process(clean_address: Address, clock: Hands) -> AsyncIterator[StartProcess]:
    async with AsyncExitStack() as processes:

        async def start() -> Process:
            return await processes.enter_async_context(process_on(clean_address, clock))

        yield start


@pytest.fixture
async def process(start_process: StartProcess) -> Process:
    return await start_process()
