"""No more is spent than a budget has, whoever asks, in which process, at the same time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.accounts import Tenant
from app.db import Address, Database
from app.gateway.budgets.budget import Period, Scope
from app.kit.clock import utc_now
from app.llm import Amount, BudgetExceeded, BudgetUnavailable, Call, Limits, Task
from tests.fakes.postgres_proxy import PostgresProxy
from tests.gateway.budgets.conftest import Hands, Process, StartProcess, budget, process_on, spent

NOTHING = Decimal(0)


class TestRoom:
    async def test_is_what_was_neither_spent_nor_reserved(self, process: Process) -> None:
        await process.book.put(budget())
        call = await process.reserve("0.60")
        assert spent(await process.book.get("daily")) == (NOTHING, Decimal("0.60"))
        with pytest.raises(BudgetExceeded):
            await process.reserve("0.41")
        await process.reserve("0.40")
        process.end(call, "0.10")
        await process.settle()
        assert spent(await process.book.get("daily")) == (Decimal("0.10"), Decimal("0.40"))
        await process.reserve("0.50")

    async def test_the_refusal_says_when_and_how_much(self, process: Process) -> None:
        await process.book.put(budget())
        await process.reserve("0.75")
        with pytest.raises(BudgetExceeded) as raised:
            await process.reserve("0.30")
        assert raised.value.resets_at == datetime(2026, 5, 5, tzinfo=UTC)
        assert raised.value.message == (
            "the budget 'daily' of 1 USD a day has 0.25 left (calls under way hold 0.75), and this "
            "call may cost up to 0.3, or less with lower max_tokens; it starts anew at "
            "2026-05-05T00:00:00.000000Z"
        )

    async def test_of_tokens(self, process: Process) -> None:
        await process.book.put(budget(usd=None, tokens=1000, period=Period.MONTH))
        await process.reserve("99", tokens=600)
        with pytest.raises(BudgetExceeded, match="1000 tokens a month has 400 left") as raised:
            await process.reserve(tokens=401)
        assert raised.value.resets_at == datetime(2026, 6, 1, tzinfo=UTC)

    async def test_is_taken_in_every_budget_or_in_none(self, process: Process) -> None:
        await process.book.put(budget("wide"))
        await process.book.put(budget("narrow", usd=Decimal("0.10")))
        with pytest.raises(BudgetExceeded, match="'narrow'"):
            await process.reserve("0.50")
        for name in ("wide", "narrow"):
            assert spent(await process.book.get(name)) == (NOTHING, NOTHING)
        await process.reserve("0.05")
        for name in ("wide", "narrow"):
            assert spent(await process.book.get(name)) == (NOTHING, Decimal("0.05"))

    async def test_is_taken_anew_in_place_of_before(self, process: Process) -> None:
        await process.book.put(budget())
        call = await process.reserve("0.60")
        await process.reserving.reserve(call, _usd("0.90"))
        assert spent(await process.book.get("daily")) == (NOTHING, Decimal("0.90"))
        with pytest.raises(BudgetExceeded):
            await process.reserving.reserve(call, _usd("1.10"))
        assert spent(await process.book.get("daily")) == (NOTHING, Decimal("0.90"))

    async def test_what_costs_nothing_always_has_it(self, process: Process) -> None:
        await process.book.put(budget(usd=NOTHING))
        call = await process.reserve("0", tokens=5)
        assert call.reservation is None

    async def test_a_call_sees_what_the_one_before_it_left(self, process: Process) -> None:
        await process.book.put(budget())
        for _ in range(3):
            process.end(await process.reserve("0.90"), "0.01")
        assert spent(await process.book.get("daily"))[0] == Decimal("0.02")


class TestScope:
    async def test_whom_a_budget_is_for(self, process: Process) -> None:
        await process.book.put(budget(scope=Scope("acme", "k1", Task.CHAT)))
        covered = process.call("acme", Task.CHAT, key_id="k1")
        assert process.reserving.limits(covered.request) == Limits(usd=True, tokens=False)
        for other in (
            process.call("default", Task.CHAT, key_id="k1"),
            process.call("acme", Task.SUMMARY, key_id="k1"),
            process.call("acme", Task.CHAT, key_id="k2"),
            process.call("acme", Task.CHAT),
        ):
            assert process.reserving.limits(other.request) is None

    async def test_one_that_names_nobody_is_for_all(self, process: Process) -> None:
        await process.book.put(budget())
        assert process.reserving.limits(process.call("acme", key_id="k9").request)

    async def test_only_those_in_it_are_counted(self, process: Process, database: Database) -> None:
        async with database.begin("*") as unit:
            await unit.session.merge(Tenant(id="acme", created_at=utc_now()))
        await process.book.put(budget("acme's", scope=Scope(tenant="acme")))
        await process.book.put(budget("summaries", scope=Scope(task=Task.SUMMARY)))
        await process.book.put(budget("all"))
        process.end(process.call("acme"), "0.01")
        process.end(process.call("default", Task.SUMMARY), "0.02")
        process.end(process.call("acme", Task.SUMMARY, key_id="k"), "0.04")
        await process.settle()
        sums = {
            name: spent(await process.book.get(name))[0] for name in ("acme's", "summaries", "all")
        }
        assert sums == {
            "acme's": Decimal("0.05"),
            "summaries": Decimal("0.06"),
            "all": Decimal("0.07"),
        }


class TestManyAtOnce:
    async def test_pass_as_often_as_there_is_room(self, start_process: StartProcess) -> None:
        processes = [await start_process() for _ in range(2)]
        await processes[0].book.put(budget())
        await processes[1].live.load()
        tries = [processes[number % 2].reserve("0.60") for number in range(64)]
        done = await asyncio.gather(*tries, return_exceptions=True)
        passed = [each for each in done if isinstance(each, Call)]
        assert len(passed) == 1
        assert {type(each) for each in done if each not in passed} == {BudgetExceeded}
        assert spent(await processes[1].book.get("daily")) == (NOTHING, Decimal("0.60"))

    async def test_do_not_wait_for_each_other_for_ever(self, start_process: StartProcess) -> None:
        processes = [await start_process() for _ in range(2)]
        for name in ("a", "b", "c"):
            await processes[0].book.put(budget(name))
        await processes[1].live.load()

        async def spend(process: Process) -> None:
            process.end(await process.reserve("0.01"), "0.01")
            await process.ledger.flush(10)

        await asyncio.gather(*(spend(processes[number % 2]) for number in range(40)))
        assert [process.ledger.queued for process in processes] == [0, 0]
        for name in ("a", "b", "c"):
            assert spent(await processes[0].book.get(name)) == (Decimal("0.40"), NOTHING)


class TestPeriods:
    async def test_begin_anew(self, process: Process, clock: Hands) -> None:
        await process.book.put(budget())
        process.end(await process.reserve("1.00"), "1.00")
        await process.settle()
        clock.forward(hours=12)
        standing = await process.book.get("daily")
        assert (spent(standing), standing.resets_at) == (
            (NOTHING, NOTHING),
            datetime(2026, 5, 6, tzinfo=UTC),
        )
        await process.reserve("1.00")

    async def test_a_call_counts_in_the_one_it_began_in(
        self, process: Process, clock: Hands
    ) -> None:
        await process.book.put(budget())
        late = await process.reserve("1.00")
        clock.forward(hours=13)
        await process.reserve("0.30")
        process.end(late, "0.70")
        await process.settle()
        assert spent(await process.book.get("daily")) == (NOTHING, Decimal("0.30"))


class TestReservationsOfDeadProcesses:
    async def test_expire(self, process: Process, clock: Hands) -> None:
        await process.book.put(budget(period=Period.MONTH))
        await process.reserve("1.00")
        clock.forward(seconds=3599)
        with pytest.raises(BudgetExceeded):
            await process.reserve("0.01")
        clock.forward(seconds=2)
        await process.reserve("1.00")

    async def test_a_call_that_ends_later_still_counts(
        self, process: Process, clock: Hands
    ) -> None:
        await process.book.put(budget(period=Period.MONTH))
        call = await process.reserve("1.00")
        clock.forward(hours=2)
        process.end(call, "0.80")
        await process.settle()
        assert spent(await process.book.get("daily")) == (Decimal("0.80"), NOTHING)


@pytest.fixture
async def proxy(clean_address: Address) -> AsyncIterator[PostgresProxy]:
    async with PostgresProxy(clean_address) as running:
        yield running


class TestTheDatabaseAway:
    async def test_a_call_is_refused_where_a_budget_applies(
        self, process: Process, proxy: PostgresProxy, clock: Hands
    ) -> None:
        await process.book.put(budget(scope=Scope(task=Task.CHAT)))
        async with process_on(proxy.address, clock, patience=0.2) as far:
            proxy.go_away()
            with pytest.raises(BudgetUnavailable):
                await far.reserve("0.01")
            await far.reserve("0.01", task=Task.SUMMARY)

    async def test_settling_waits_for_it(
        self, process: Process, proxy: PostgresProxy, clock: Hands
    ) -> None:
        await process.book.put(budget())
        async with process_on(proxy.address, clock) as far:
            call = await far.reserve("0.50")
            proxy.go_away()
            far.end(call, "0.20")
            assert not await far.ledger.flush(0.2)
            assert spent(await process.book.get("daily")) == (NOTHING, Decimal("0.50"))
            proxy.come_back()
            await far.settle()
        assert spent(await process.book.get("daily")) == (Decimal("0.20"), NOTHING)


async def test_what_was_spent_is_what_the_ledger_says(process: Process, database: Database) -> None:
    process.end(process.call(), "0.07", tokens=70)
    await process.settle()
    await process.book.put(budget(tokens=10_000))
    for cents in range(1, 8):
        call = await process.reserve("0.10", tokens=100)
        process.ledger.record(process.end(call, f"0.0{cents}000000123", tokens=cents))
    process.end(process.call(), None, tokens=3)
    await process.settle()
    async with database.read("default") as unit:
        told = await unit.session.execute(
            text("SELECT sum(cost_usd), sum(prompt_tokens + completion_tokens) FROM llm_calls")
        )
        usd, tokens = told.one()
    standing = await process.book.get("daily")
    assert (standing.spent.usd, standing.spent.tokens) == (usd, tokens)
    assert (standing.reserved.usd, standing.reserved.tokens) == (NOTHING, 0)


def _usd(amount: str) -> Amount:
    return Amount(Decimal(amount))


async def test_a_budget_made_while_rows_are_written_misses_none(
    start_process: StartProcess,
) -> None:
    """A row is in the sum that the budget begins with, or is added to it: never both or neither."""
    writing = [await start_process() for _ in range(2)]
    names = [f"b{number}" for number in range(8)]

    async def write(process: Process) -> None:
        for _ in range(60):
            process.end(process.call(), "0.01", tokens=3)
            await process.ledger.flush(10)

    async def make() -> None:
        for name in names:
            await writing[0].book.put(budget(name, usd=Decimal(1000)))

    await asyncio.gather(write(writing[0]), write(writing[1]), make())
    for name in names:
        standing = await writing[1].book.get(name)
        assert (standing.spent.usd, standing.spent.tokens) == (Decimal("1.20"), 360)
