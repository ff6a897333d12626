"""Whatever calls do, in whatever order: the account is right, and the limit holds.

The invariant: what is spent and what is reserved add up to the limit at most, and above it only by
what calls cost beyond their reservations, or after those expired.
"""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import Address
from app.gateway.budgets.budget import Scope
from app.kit.ids import new_id
from app.llm import Amount, BudgetExceeded, Call
from tests.gateway.budgets.conftest import Hands, Process, budget, process_on, spent

LIMIT = Decimal("1.00")
EXPIRES = 3600

Step = tuple[str, int]
CENTS = st.integers(1, 60)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), CENTS),
        st.tuples(st.just("again"), CENTS),
        st.tuples(st.just("end"), st.integers(0, 80)),
        st.tuples(st.just("wait"), st.integers(1, 5000)),
    ),
    max_size=14,
)


@dataclass
class Held:
    call: Call
    usd: Decimal
    until: float


@dataclass
class Account:
    """What must be true, kept by the plainest means."""

    time: float = 0.0
    spent: Decimal = Decimal(0)
    excess: Decimal = Decimal(0)
    running: list[Held] = field(default_factory=list)

    @property
    def reserved(self) -> Decimal:
        return sum((held.usd for held in self.running if held.until > self.time), Decimal(0))

    def has_room(self, usd: Decimal, besides: Held | None = None) -> bool:
        own = besides.usd if besides and besides.until > self.time else 0
        return self.spent + self.reserved - own + usd <= LIMIT

    def end(self, held: Held, cost: Decimal) -> None:
        covered = held.usd if held.until > self.time else Decimal(0)
        self.spent += cost
        self.excess += max(cost - covered, Decimal(0))
        self.running.remove(held)


class Play:
    def __init__(self, process: Process, key: str) -> None:
        self.process, self.key, self.account = process, key, Account()

    async def step(self, what: str, number: int) -> None:
        usd, running = Decimal(number) / 100, self.account.running
        match what:
            case "reserve":
                await self.reserve(usd)
            case "again" if running:
                await self.again(running[number % len(running)], usd)
            case "end" if running:
                held = running[number % len(running)]
                self.process.end(held.call, str(usd))
                self.account.end(held, usd)
            case "wait":
                self.process.clock.forward(seconds=number)
                self.account.time += number

    async def reserve(self, usd: Decimal) -> None:
        await self.process.settle()
        room = self.account.has_room(usd)
        try:
            call = await self.process.reserve(str(usd), key_id=self.key)
        except BudgetExceeded:
            assert not room
            return
        assert room
        self.account.running.append(Held(call, usd, self.account.time + EXPIRES))

    async def again(self, held: Held, usd: Decimal) -> None:
        await self.process.settle()
        room = self.account.has_room(usd, besides=held)
        try:
            await self.process.reserving.reserve(held.call, Amount(usd))
        except BudgetExceeded:
            assert not room
            return
        assert room
        held.usd, held.until = usd, self.account.time + EXPIRES

    async def check(self) -> None:
        await self.process.settle()
        account = self.account
        told = spent(await self.process.book.get(self.key))
        assert told == (account.spent, account.reserved)
        assert sum(told) <= LIMIT + account.excess


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_the_account_is_right(clean_address: Address, steps: list[Step]) -> None:
    async def play() -> None:
        key = f"k{new_id().hex[:12]}"
        clock = Hands()
        clock.forward(hours=-11)
        async with process_on(clean_address, clock) as process:
            await process.book.put(budget(key, scope=Scope(key_id=key), usd=LIMIT))
            game = Play(process, key)
            for what, number in steps:
                await game.step(what, number)
                await game.check()

    asyncio.run(play())
