"""What is reserved for a call, and what isn't asked because of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.llm import (
    Amount,
    BudgetExceeded,
    Call,
    Catalogue,
    Chains,
    Connection,
    ImagePart,
    Limits,
    LiveCatalogue,
    LLMClient,
    Message,
    ModelFacts,
    ModelRef,
    ModelRequest,
    NoModelFits,
    Prices,
    RetryPolicy,
    Role,
    TokenCounts,
)
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

CENT = Decimal("0.01")
CHEAP = Prices(prompt=Decimal("0.000001"), completion=Decimal("0.000002"))
DEAR = Prices(prompt=Decimal("0.00001"), completion=Decimal("0.0001"))
USD = Limits(usd=True, tokens=False)


class Purse:
    """Budgets with so much in them for each call; remembers what was asked for."""

    def __init__(
        self, limits: Limits | None = USD, *, usd: Decimal = Decimal(10), tokens: int = 10**9
    ) -> None:
        self._limits = limits
        self._usd, self._tokens = usd, tokens
        self.asked: list[Amount] = []

    def limits(self, request: ModelRequest) -> Limits | None:
        return self._limits

    async def reserve(self, call: Call, most: Amount) -> None:
        self.asked.append(most)
        if most.usd > self._usd or most.tokens > self._tokens:
            raise BudgetExceeded("spent", resets_at=datetime(2026, 1, 1, tzinfo=UTC))
        call.reservation = call.id


def catalogue(prices: Mapping[str, Prices], **facts: Any) -> LiveCatalogue:
    rows = [
        ModelFacts(ModelRef("lm_studio", model), prices=price, **facts)
        for model, price in prices.items()
    ]
    return LiveCatalogue(Catalogue(rows))


def chain(*models: str) -> Chains:
    return Chains(default=tuple(ModelRef("lm_studio", model) for model in models))


REQUEST = ask("ok", max_tokens=100)
UNPRICED = ask(ModelRef("acme", "ok"), max_tokens=100)
PROMPT = TokenCounts().upper(REQUEST)


def buy(connect: Connect, purse: Purse, prices: Mapping[str, Prices], **options: Any) -> LLMClient:
    facts = options.pop("facts", {})
    return connect(budgets=purse, catalogue=catalogue(prices, **facts), **options)


class TestWhatIsReserved:
    async def test_nothing_where_no_budget_applies(self, connect: Connect) -> None:
        purse = Purse(None)
        await buy(connect, purse, {"ok": DEAR}).complete(REQUEST)
        assert purse.asked == []

    async def test_the_most_that_prompt_and_answer_may_cost(self, connect: Connect) -> None:
        purse = Purse()
        await buy(connect, purse, {"ok": CHEAP}).complete(REQUEST)
        usd = PROMPT * Decimal("0.000001") + 100 * Decimal("0.000002")
        assert purse.asked == [Amount(usd, PROMPT + 100)]

    async def test_stands_in_the_decision(self, connect: Connect, ledger: RecordingLedger) -> None:
        await buy(connect, Purse(), {"ok": Prices(CENT, CENT)}).complete(ask("ok", max_tokens=3))
        usd = f"{(PROMPT + 3) * CENT:f}"
        assert ledger.only.decision["reserved"] == {"usd": usd.rstrip("0"), "tokens": PROMPT + 3}

    async def test_is_never_less_than_the_call_cost(
        self, connect: Connect, ledger: RecordingLedger
    ) -> None:
        purse = Purse()
        await buy(connect, purse, {"ok": CHEAP}).complete(REQUEST)
        assert ledger.only.cost is not None
        assert purse.asked[0].usd >= ledger.only.cost

    async def test_is_for_the_dearest_of_the_chain(self, connect: Connect) -> None:
        purse = Purse()
        client = buy(connect, purse, {"ok": CHEAP, "dear": DEAR}, chains=chain("dear"))
        await client.complete(REQUEST)
        assert purse.asked[0].usd == PROMPT * Decimal("0.00001") + 100 * Decimal("0.0001")

    async def test_is_double_where_two_models_may_race(self, connect: Connect) -> None:
        alone, racing = Purse(), Purse()
        await buy(connect, alone, {"ok": CHEAP}).complete(REQUEST)
        await buy(connect, racing, {"ok": CHEAP}, hedging=True).complete(REQUEST)
        assert racing.asked == [alone.asked[0] + alone.asked[0]]

    async def test_counts_the_dearer_way_of_reading_a_prompt(self, connect: Connect) -> None:
        purse = Purse()
        prices = Prices(Decimal("0.000003"), Decimal(0), cache_write=Decimal("0.000006"))
        await buy(connect, purse, {"ok": prices}).complete(REQUEST)
        assert purse.asked[0].usd == PROMPT * Decimal("0.000006")

    async def test_counts_a_price_per_request(self, connect: Connect) -> None:
        purse = Purse()
        await buy(connect, purse, {"ok": Prices(Decimal(0), Decimal(0), request=CENT)}).complete(
            REQUEST
        )
        assert purse.asked[0].usd == CENT

    async def test_counts_a_price_per_picture(
        self, connect: Connect, ledger: RecordingLedger
    ) -> None:
        purse = Purse()
        prices = Prices(Decimal(0), Decimal(0), image=CENT)
        pictures = (ImagePart("https://example.test/a.png"),) * 3
        message = Message(Role.USER, "What are they?", parts=pictures)
        await buy(connect, purse, {"ok": prices}).complete(ask("ok", messages=(message,)))
        assert purse.asked[0].usd == 3 * CENT
        assert ledger.only.cost == 3 * CENT

    @pytest.mark.parametrize(
        ("facts", "max_tokens", "answer"),
        [
            ({}, 100, 100),
            ({"max_output": 60}, 100, 60),
            ({"max_output": 60}, None, 60),
            ({"context_length": PROMPT + 40}, None, 40),
            ({"context_length": PROMPT + 40, "max_output": 30}, None, 30),
            ({}, None, 16_384),
        ],
    )
    async def test_is_for_the_longest_answer_there_can_be(
        self, connect: Connect, facts: dict[str, Any], max_tokens: int | None, answer: int
    ) -> None:
        purse = Purse()
        client = buy(connect, purse, {"ok": CHEAP}, facts=facts)
        await client.complete(ask("ok", max_tokens=max_tokens))
        assert purse.asked[0].tokens == PROMPT + answer

    async def test_is_for_as_many_answers_as_are_wanted(self, connect: Connect) -> None:
        purse = Purse()
        body = {"model": "ok", "messages": [{"role": "user", "content": "Hi"}], "n": 3}
        client = buy(connect, purse, {"ok": CHEAP})
        await client.complete(ask("ok", max_tokens=100, answers=3, body=body))
        assert purse.asked[0].tokens == PROMPT + 300


class TestRefusals:
    async def test_nobody_is_asked(
        self, connect: Connect, ledger: RecordingLedger, upstream: FakeOpenAI
    ) -> None:
        with pytest.raises(BudgetExceeded):
            await buy(connect, Purse(usd=Decimal(0)), {"ok": CHEAP}).complete(REQUEST)
        assert not upstream.calls
        assert (ledger.only.error, ledger.only.cost) == ("LLM_BUDGET_EXCEEDED", Decimal(0))

    async def test_a_model_of_unknown_price_is_passed_over(
        self, connect: Connect, upstream: FakeOpenAI, ledger: RecordingLedger
    ) -> None:
        acme = {"acme": Connection(base_url=upstream.base_url)}
        client = buy(connect, Purse(), {"second": CHEAP}, chains=chain("second"), custom=acme)
        completion = await client.complete(UNPRICED)
        assert completion.model == ModelRef("lm_studio", "second")
        assert [call["model"] for call in upstream.calls] == ["second"]
        assert ledger.only.decision["skipped"] == [
            {"model": "acme:ok", "why": "no price, under a budget in USD"}
        ]

    async def test_a_model_whose_answers_have_no_known_price_is_not_asked(
        self, connect: Connect, upstream: FakeOpenAI
    ) -> None:
        half_known = Prices(prompt=Decimal("0.000001"))
        with pytest.raises(NoModelFits, match="price of lm_studio:ok isn't known"):
            await buy(connect, Purse(), {"ok": half_known}).complete(REQUEST)
        assert not upstream.calls

    async def test_with_no_price_known_at_all_we_say_so(
        self, connect: Connect, upstream: FakeOpenAI
    ) -> None:
        acme = {"acme": Connection(base_url=upstream.base_url)}
        with pytest.raises(NoModelFits, match="price of acme:ok isn't known"):
            await buy(connect, Purse(), {}, custom=acme).complete(UNPRICED)

    async def test_what_runs_nearby_needs_no_price(self, connect: Connect) -> None:
        purse = Purse()
        await buy(connect, purse, {}).complete(REQUEST)
        assert purse.asked[0].usd == 0

    async def test_tokens_can_be_limited_without_a_price(self, connect: Connect) -> None:
        purse = Purse(Limits(usd=False, tokens=True))
        await buy(connect, purse, {}).complete(REQUEST)
        assert purse.asked == [Amount(Decimal(0), PROMPT + 100)]


class TestFurtherTries:
    """Half an answer is billed though it failed: the next try must have room beside it."""

    async def test_have_what_was_billed_reserved_too(
        self, connect: Connect, ledger: RecordingLedger
    ) -> None:
        purse = Purse()
        client = buy(connect, purse, {"cut": CHEAP, "ok": DEAR}, chains=chain("ok"))
        await client.complete(ask("cut", max_tokens=100))
        first, second = purse.asked
        billed = ledger.only.costs[0]
        assert billed
        assert second.usd == first.usd + billed

    async def test_are_refused_without_room(
        self, connect: Connect, ledger: RecordingLedger, upstream: FakeOpenAI
    ) -> None:
        purse = Purse()
        client = buy(connect, purse, {"cut": CHEAP, "ok": CHEAP}, chains=chain("ok"))
        await client.complete(ask("cut", max_tokens=100))
        enough_for_one = Purse(usd=purse.asked[0].usd)
        client = buy(connect, enough_for_one, {"cut": CHEAP, "ok": CHEAP}, chains=chain("ok"))
        upstream.requests.clear()
        with pytest.raises(BudgetExceeded):
            await client.complete(ask("cut", max_tokens=100))
        assert [call["model"] for call in upstream.calls] == ["cut"]
        assert ledger.entries[-1].error == "LLM_BUDGET_EXCEEDED"

    async def test_of_the_same_model_too(self, connect: Connect, upstream: FakeOpenAI) -> None:
        purse = Purse(usd=Decimal("0.00025"))
        client = buy(connect, purse, {"cut": CHEAP}, retry=RetryPolicy(retries=2))
        with pytest.raises(BudgetExceeded):
            await client.complete(ask("cut", max_tokens=100))
        assert len(upstream.calls) < 3

    async def test_after_a_plain_refusal_need_nothing_more(self, connect: Connect) -> None:
        purse = Purse()
        client = buy(connect, purse, {"status-500": CHEAP, "ok": CHEAP}, chains=chain("ok"))
        await client.complete(ask("status-500", max_tokens=100))
        assert len(purse.asked) == 1
