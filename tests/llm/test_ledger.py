"""What an entry says a call cost: for every way that a call may go."""

import asyncio
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.llm import (
    CacheUse,
    Call,
    CallStatus,
    Catalogue,
    ChainExhausted,
    Chains,
    LedgerEntry,
    LiveCatalogue,
    ModelFacts,
    ModelRef,
    Prices,
    TextDelta,
    Usage,
    UsageReport,
    Wishes,
)
from app.llm.routing.plan import Candidate, Plan
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

NOTHING = Decimal(0)
MODEL = ModelRef("lm_studio", "ok")
PRICES = Prices(
    prompt=Decimal("0.000003"),
    completion=Decimal("0.000015"),
    cache_read=Decimal("0.0000003"),
    cache_write=Decimal("0.00000375"),
)


def priced(*models: str) -> LiveCatalogue:
    refs = [ModelRef("lm_studio", model) for model in models]
    return LiveCatalogue(Catalogue([ModelFacts(ref, prices=PRICES) for ref in refs]))


def call(*candidates: Candidate, usage: Usage | None = None) -> Call:
    """One that was answered with a word by the first candidate."""
    made = Call(ask(candidates[0].ref), created_at=datetime.now(UTC))
    made.plan = Plan(candidates)
    made.begin_attempt(candidates[0].ref)
    made.hear(TextDelta("Hello"))
    if usage is not None:
        made.hear(UsageReport(usage))
    return made


def known(ref: ModelRef = MODEL, **facts: object) -> Candidate:
    return Candidate(ref, ModelFacts(ref, **{"prices": PRICES, **facts}))  # type: ignore[arg-type]


class TestCost:
    def test_is_what_the_provider_says(self) -> None:
        done = call(known(), usage=Usage(100, 50, cost=Decimal("0.0421")))
        done.succeed()
        assert LedgerEntry.of(done).cost == Decimal("0.0421")

    def test_is_price_times_tokens_where_it_does_not(self) -> None:
        done = call(known(), usage=Usage(1000, 100, cached_tokens=600, cache_write_tokens=200))
        done.succeed()
        assert LedgerEntry.of(done).cost == Decimal("0.00303")
        # 200 × 0.000003 + 600 × 0.0000003 + 200 × 0.00000375 + 100 × 0.000015

    def test_is_unknown_where_a_price_is(self) -> None:
        done = call(Candidate(MODEL), usage=Usage(1000, 100))
        done.succeed()
        assert LedgerEntry.of(done).cost is None

    @pytest.mark.parametrize(
        "candidate", [known(free=True, prices=Prices()), Candidate(ModelRef("offline", "offline"))]
    )
    def test_is_nothing_for_what_is_free(self, candidate: Candidate) -> None:
        done = call(candidate, usage=Usage(1000, 100))
        done.succeed()
        assert LedgerEntry.of(done).cost == 0

    def test_is_nothing_for_a_hit(self) -> None:
        done = call(known(), usage=Usage(1000, 100, cost=Decimal("0.5")))
        done.cache = CacheUse.HIT
        done.succeed()
        entry = LedgerEntry.of(done)
        assert (entry.cost, entry.usage, entry.estimated) == (NOTHING, Usage(), False)

    def test_adds_up_all_that_was_heard(self) -> None:
        other = ModelRef("lm_studio", "other")
        done = call(known(), known(other), usage=Usage(100, 10, reasoning_tokens=4))
        done.end_attempt("LLM_BAD_GATEWAY", "cut")
        done.begin_attempt(other)
        done.hear(TextDelta("Hi"))
        done.hear(UsageReport(Usage(200, 20, cost=Decimal("0.1"))))
        done.succeed()
        entry = LedgerEntry.of(done)
        assert entry.costs == (Decimal("0.00045"), Decimal("0.1"))
        assert entry.cost == Decimal("0.10045")
        assert (entry.usage.prompt_tokens, entry.usage.completion_tokens) == (300, 30)
        assert (entry.usage.reasoning_tokens, entry.used) == (4, other)

    def test_is_unknown_when_a_part_of_it_is(self) -> None:
        other = ModelRef("lm_studio", "other")
        done = call(known(), Candidate(other), usage=Usage(100, 10))
        done.end_attempt("LLM_BAD_GATEWAY", "cut")
        done.begin_attempt(other)
        done.hear(TextDelta("Hi"))
        done.succeed()
        entry = LedgerEntry.of(done)
        assert (entry.cost, entry.costs) == (None, (Decimal("0.00045"), None))

    async def test_of_a_call_that_nobody_answered_is_nothing(
        self, connect: Connect, ledger: RecordingLedger
    ) -> None:
        with pytest.raises(ChainExhausted):
            await connect(catalogue=priced("status-500")).complete(ask("status-500"))
        assert (ledger.only.cost, ledger.only.usage, ledger.only.estimated) == (
            NOTHING,
            Usage(),
            False,
        )

    async def test_of_half_an_answer_is_for_what_was_heard(
        self, connect: Connect, ledger: RecordingLedger
    ) -> None:
        client = connect(
            catalogue=priced("cut", "ok"), chains=Chains(default=(ModelRef("lm_studio", "ok"),))
        )
        await client.complete(ask("cut"))
        entry = ledger.only
        assert [attempt.model.model for attempt in entry.attempts] == ["cut", "ok"]
        assert all(cost is not None and cost > 0 for cost in entry.costs)
        assert entry.cost == sum(filter(None, entry.costs))
        assert entry.estimated is True

    async def test_of_a_stream_that_was_left_is_for_the_tokens_so_far(
        self, connect: Connect, ledger: RecordingLedger
    ) -> None:
        client = connect(catalogue=priced("tokens-for-ever"))
        async with aclosing(client.stream(ask("tokens-for-ever"))) as events:
            await anext(events)
        entry = ledger.only
        assert (entry.status, entry.estimated) == (CallStatus.CANCELLED, True)
        assert entry.cost == PRICES.cost(entry.usage)
        assert entry.usage.prompt_tokens > 0
        assert entry.usage.completion_tokens > 0

    async def test_of_a_call_left_before_a_word_was_said_is_nothing(
        self, connect: Connect, ledger: RecordingLedger, upstream: FakeOpenAI
    ) -> None:
        task = asyncio.create_task(connect(catalogue=priced("silence")).complete(ask("silence")))
        while not upstream.calls:
            await asyncio.sleep(0.005)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert (ledger.only.status, ledger.only.cost) == (CallStatus.CANCELLED, NOTHING)


class TestWhatWasDecided:
    def test_stands_apart_for_queries(self) -> None:
        done = call(known())
        done.decision = {"profile": "chat", "complexity": "simple", "candidates": []}
        done.succeed()
        entry = LedgerEntry.of(done)
        assert (entry.profile, entry.complexity) == ("chat", "simple")
        assert entry.decision == done.decision

    def test_the_model_is_named_as_the_caller_did(self) -> None:
        named = Call(ask(None, wishes=Wishes(models=("auto",))), created_at=datetime.now(UTC))
        assert LedgerEntry.of(named).asked == "auto"


async def test_what_a_provider_counts_corrects_later_guesses(
    connect: Connect, ledger: RecordingLedger, upstream: FakeOpenAI
) -> None:
    client, prompt = connect(), ask().messages * 200
    upstream.usage = {"prompt_tokens": 100_000}
    guesses = []
    for _ in range(2):
        upstream.fault = "cut-after-finish"
        await client.complete(ask("any", messages=prompt))
        guesses.append(ledger.entries[-1].usage.prompt_tokens)
        upstream.fault = "ok"
        await client.complete(ask("any", messages=prompt))
    assert guesses[1] == pytest.approx(2 * guesses[0], rel=0.01)
