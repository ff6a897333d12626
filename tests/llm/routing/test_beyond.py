"""Who is asked when all that were listed are busy or away."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.llm import (
    Amount,
    BudgetExceeded,
    Call,
    Catalogue,
    ChainExhausted,
    Chains,
    Limits,
    LiveCatalogue,
    ModelRef,
    ModelRequest,
    Prices,
    Source,
    Task,
    Wishes,
)
from app.llm.routing.beyond import Elsewhere
from app.llm.routing.plan import Plan
from app.llm.routing.profile import LiveProfiles
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask
from tests.llm.routing.models import Here, candidate, facts, request

BEYOND = Wishes(beyond=True)


def elsewhere(*names: tuple[str, str | None]) -> Elsewhere:
    rows = [facts(name, price, parameters=frozenset({"temperature"})) for name, price in names]
    return Elsewhere(Here(), LiveCatalogue(Catalogue(rows)), LiveProfiles())


def found(among: Elsewhere, plan: Plan, **wishes: Any) -> list[str]:
    return [str(each.ref) for each in among.find(request("a", **wishes), plan)]


PLAN = Plan((candidate("openrouter:a", "2"), candidate("openrouter:b", "1")))


def test_none_dearer_than_the_dearest_and_none_of_unknown_price() -> None:
    among = elsewhere(
        ("openrouter:a", "2"),
        ("openrouter:dear", "2.1"),
        ("openrouter:unknown", None),
        ("openrouter:same", "2"),
        ("openrouter:cheap", "0.5"),
    )
    assert found(among, PLAN) == ["openrouter:cheap", "openrouter:same"]


def test_a_price_per_request_is_a_price_too() -> None:
    prices = Prices(Decimal(0), Decimal(0), request=Decimal("0.01"))
    row = facts("openrouter:each", prices=prices, parameters=frozenset({"temperature"}))
    among = Elsewhere(Here(), LiveCatalogue(Catalogue([row])), LiveProfiles())

    assert found(among, PLAN) == []
    assert found(among, Plan((candidate("openrouter:a", "11"),))) == ["openrouter:each"]


def test_none_that_gives_one_answer_where_several_are_asked_for() -> None:
    rows = [facts("ollama:one", "0"), facts("lm_studio:several", "0")]
    here = Here(("openrouter", "ollama", "lm_studio"))
    among = Elsewhere(here, LiveCatalogue(Catalogue(rows)), LiveProfiles())

    several = among.find(request("a", answers=2), PLAN)
    assert [str(each.ref) for each in several] == ["lm_studio:several"]
    assert len(found(among, PLAN)) == 2


def test_other_providers_first_and_three_at_most() -> None:
    among = elsewhere(
        ("openrouter:c", "0.1"),
        ("openrouter:d", "0.2"),
        ("openrouter:e", "0.3"),
        ("lm_studio:own", "0"),
        ("mistral:not-configured", "0"),
    )
    assert found(among, PLAN) == ["lm_studio:own", "openrouter:c", "openrouter:d"]


@pytest.mark.parametrize("by_plan", [True, False])
def test_nothing_paid_where_free_was_asked_for(*, by_plan: bool) -> None:
    among = elsewhere(("openrouter:paid", "0.1"), ("openrouter:free", "0"))
    plan = Plan(PLAN.candidates, free_only=by_plan)
    assert found(among, plan, free_only=not by_plan) == ["openrouter:free"]


def test_a_price_that_the_caller_sets_counts() -> None:
    among = elsewhere(("openrouter:c", "0.1"), ("openrouter:d", "0.9"))
    assert found(among, PLAN, max_price=Decimal("0.5")) == ["openrouter:c"]


def test_where_no_price_is_known_only_what_is_free() -> None:
    among = elsewhere(("openrouter:paid", "0.1"), ("openrouter:free", "0"))
    assert found(among, Plan((candidate("openrouter:a"),))) == ["openrouter:free"]


def own(*names: str) -> LiveCatalogue:
    rows = [
        facts(f"lm_studio:{name}", "0", parameters=frozenset({"temperature"})) for name in names
    ]
    return LiveCatalogue(Catalogue(rows))


def asked(upstream: FakeOpenAI) -> list[str]:
    return [str(body["model"]) for body in upstream.calls]


@pytest.mark.parametrize("fault", ["status-503", "status-429-after-60", "refuse"])
async def test_takes_over_when_all_are_busy_or_away(
    connect: Connect, upstream: FakeOpenAI, ledger: RecordingLedger, fault: str
) -> None:
    chains = Chains(default=(ModelRef("lm_studio", f"{fault}@2"),))
    client = connect(chains=chains, catalogue=own("other"))
    completion = await client.complete(ask(fault, task=Task.CHAT, wishes=BEYOND))

    assert completion.model == ModelRef("lm_studio", "other")
    assert asked(upstream) == [fault, f"{fault}@2", "other"]
    assert [attempt.error is None for attempt in ledger.only.attempts] == [False, False, True]
    assert ledger.only.cost == 0


async def test_says_so_in_the_plan(connect: Connect) -> None:
    opened = await connect(catalogue=own("other")).open(ask("status-503", wishes=BEYOND))
    sources = {str(each.ref): each.source for each in opened.call.plan.candidates}
    await opened.aclose()

    assert sources == {"lm_studio:status-503": Source.ASKED, "lm_studio:other": Source.BEYOND}


@pytest.mark.parametrize(
    ("fault", "wishes"), [("status-503", Wishes()), ("status-400", BEYOND), ("html", BEYOND)]
)
async def test_only_where_it_is_wished_and_may_help(
    connect: Connect, upstream: FakeOpenAI, fault: str, wishes: Wishes
) -> None:
    with pytest.raises(ChainExhausted):
        await connect(catalogue=own("other")).complete(ask(fault, wishes=wishes))

    assert asked(upstream) == [fault]


async def test_a_failure_names_them_too(connect: Connect, upstream: FakeOpenAI) -> None:
    client = connect(catalogue=own(*(f"status-503@{n}" for n in range(9))))
    with pytest.raises(ChainExhausted) as raised:
        await client.complete(ask("status-503", wishes=BEYOND))

    assert len(asked(upstream)) == 4
    assert [attempt.model.model for attempt in raised.value.attempts] == asked(upstream)


class Purse:
    """Holds one reservation, and then no more than `again`."""

    def __init__(self, again: int) -> None:
        self._again = again
        self.held = 0

    def limits(self, request: ModelRequest) -> Limits:  # of the protocol
        return Limits(usd=False, tokens=True)

    async def reserve(self, call: Call, most: Amount) -> None:
        if self.held and most.tokens > self._again:
            raise BudgetExceeded("spent", resets_at=datetime(2026, 1, 1, tzinfo=UTC))
        self.held, call.reservation = most.tokens, call.id


async def test_what_they_may_cost_is_reserved_anew(connect: Connect) -> None:
    purse = Purse(again=10**6)
    client = connect(catalogue=own("other"), budgets=purse)
    completion = await client.complete(ask("status-503", wishes=BEYOND))

    assert completion.model == ModelRef("lm_studio", "other")


async def test_where_too_little_is_left_for_them_the_trouble_is_as_before(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect(catalogue=own("other"), budgets=Purse(again=0))
    with pytest.raises(ChainExhausted) as raised:
        await client.complete(ask("status-503", wishes=BEYOND))

    assert raised.value.code == "LLM_PROVIDER_UNAVAILABLE"
    assert asked(upstream) == ["status-503"]
