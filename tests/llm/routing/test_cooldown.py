"""A model that said when to come back isn't asked before."""

from collections.abc import AsyncGenerator
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    ChainExhausted,
    Chains,
    FreeModelsExhausted,
    LLMError,
    ModelEvent,
    ModelRef,
    ModelRequest,
    RateLimited,
    TextDelta,
    Wishes,
)
from app.llm.call import Call
from app.llm.errors import CoolingDown
from app.llm.model import Answer
from app.llm.routing.cooldown import LONGEST, Cooldowns, Rested
from app.llm.routing.plan import Candidate, Plan
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, ask
from tests.llm.routing.models import Watch, a_call, request

REF = ModelRef("openrouter", "m:free")


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 50))))
def test_a_second_one_never_shortens_the_first(steps: list[tuple[float, float]]) -> None:
    watch = Watch()
    cooldowns = Cooldowns(watch)
    ends = [0.0]
    for asked, passed in steps:
        cooldowns.rest(REF, asked)
        if (left := cooldowns.left(REF)) > 0:
            ends.append(round(watch.now + left, 6))
        watch.now += passed

    assert ends == sorted(ends)


def test_it_ends() -> None:
    watch = Watch()
    cooldowns = Cooldowns(watch)
    cooldowns.rest(REF, 30)
    watch.now += 29
    assert cooldowns.left(REF) == 1
    watch.now += 1
    assert (cooldowns.left(REF), len(cooldowns)) == (0, 0)


def test_no_vendor_locks_a_model_away_for_ever() -> None:
    cooldowns = Cooldowns(Watch())
    cooldowns.rest(REF, 1e12)

    assert cooldowns.left(REF) == LONGEST


def test_made_up_names_dont_pile_up() -> None:
    cooldowns = Cooldowns(Watch())
    for number in range(2 * Cooldowns.BOUND):
        cooldowns.rest(ModelRef("openrouter", f"made-up-{number}"), 60)

    assert len(cooldowns) == Cooldowns.BOUND


class Scripted:
    def __init__(self) -> None:
        self.next: LLMError | None = None
        self.asked = 0

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        self.asked += 1
        if self.next is not None:
            raise self.next
        return await Answer.begin(call, _hello())


async def _hello() -> AsyncGenerator[ModelEvent, None]:
    yield TextDelta("Hello")


class TestModel:
    watch = Watch()
    asked = request("openrouter:m:free")

    async def test_is_not_asked_until_then(self) -> None:
        inner = Scripted()
        model = Rested(inner, REF, Cooldowns(self.watch))
        inner.next = RateLimited("429", retry_after=30)
        with pytest.raises(RateLimited):
            await model.open(self.asked, a_call(self.asked))
        self.watch.now += 10
        call = a_call(self.asked)
        with pytest.raises(CoolingDown, match="come back in 20 s") as raised:
            await model.open(self.asked, call)

        assert (inner.asked, raised.value.retry_after) == (1, 20)
        (attempt,) = call.attempts
        assert (attempt.error, attempt.counts) == ("LLM_PROVIDER_UNAVAILABLE", False)
        self.watch.now += 20
        inner.next = None
        await model.open(self.asked, a_call(self.asked))
        assert inner.asked == 2

    @pytest.mark.parametrize("free_only", [True, False])
    async def test_is_the_last_resort_where_something_may_be_spent(self, free_only: bool) -> None:
        inner, cooldowns = Scripted(), Cooldowns(self.watch)
        cooldowns.rest(REF, 30)
        call = a_call(self.asked)
        call.plan, call.last_resort = Plan((Candidate(REF),), free_only), True
        with pytest.raises(CoolingDown) if free_only else nullcontext():
            await Rested(inner, REF, cooldowns).open(self.asked, call)

        assert inner.asked == (0 if free_only else 1)

    async def test_is_asked_where_no_moment_was_named(self) -> None:
        inner = Scripted()
        model = Rested(inner, REF, Cooldowns(self.watch))
        inner.next = RateLimited("429")
        for _ in range(3):
            with pytest.raises(RateLimited):
                await model.open(self.asked, a_call(self.asked))

        assert inner.asked == 3


async def test_the_chain_goes_on_without_it(connect: Connect, upstream: FakeOpenAI) -> None:
    client = connect(chains=Chains(default=(ModelRef("lm_studio", "ok"),)))
    for _ in range(3):
        completion = await client.complete(ask("status-429-after-60"))
        assert completion.model.model == "ok"

    assert [body["model"] for body in upstream.calls] == ["status-429-after-60", "ok", "ok", "ok"]


async def test_without_another_it_is_asked_after_all(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect()
    for _ in range(2):
        with pytest.raises(ChainExhausted) as raised:
            await client.complete(ask("status-429-after-60"))

    cause = raised.value.cause
    assert isinstance(cause, RateLimited)
    assert cause.retry_after == 60
    assert len(upstream.calls) == 2


async def test_where_nothing_may_be_spent_it_is_not_and_the_caller_learns_when(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    client = connect()
    for _ in range(3):
        with pytest.raises(FreeModelsExhausted) as raised:
            await client.complete(ask("status-429-after-60", wishes=Wishes(free_only=True)))

    assert raised.value.retry_after is not None
    assert 0 < raised.value.retry_after <= 60
    assert len(upstream.calls) == 1
