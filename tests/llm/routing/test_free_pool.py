"""When every free model was asked too often: wait for the first to be free again, or say so."""

from collections.abc import AsyncGenerator

import pytest

from app.llm import (
    ChainExhausted,
    FreeModelsExhausted,
    LLMError,
    ModelEvent,
    ModelRef,
    ModelRequest,
    ProviderUnavailable,
    RateLimited,
    TextDelta,
)
from app.llm.call import Call
from app.llm.layers.retry import Retrying, RetryPolicy
from app.llm.model import Answer, ChatModel
from app.llm.routing.cooldown import Cooldowns, Rested
from app.llm.routing.plan import Candidate, Plan
from app.llm.routing.router import Router
from tests.llm.routing.models import Watch, a_call, request

Script = dict[str, list[LLMError | None]]


class Pool:
    """Models that do what their script says next, and a clock that only waiting moves."""

    def __init__(self, **script: LLMError | list[LLMError | None] | None) -> None:
        self.script: Script = {
            name: list(steps) if isinstance(steps, list) else [steps]
            for name, steps in script.items()
        }
        self.asked: list[str] = []
        self.waits: list[float] = []
        self.watch = Watch()
        self.cooldowns = Cooldowns(self.watch)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.watch.now += seconds

    def model(self, ref: ModelRef) -> ChatModel:
        tried = Retrying(_Model(self, ref.model), RetryPolicy(), sleep=self.sleep, draw=lambda: 1.0)
        return Rested(tried, ref, self.cooldowns)

    async def open(self, *, free_only: bool = True) -> tuple[Call, Answer]:
        asked = request("auto")
        call = a_call(asked)
        candidates = tuple(Candidate(ModelRef("openrouter", name)) for name in self.script)
        call.plan = Plan(candidates, free_only)
        router = Router(self.model, sleep=self.sleep)
        return call, await router.open(asked, call)


class _Model:
    def __init__(self, pool: Pool, name: str) -> None:
        self._pool = pool
        self._name = name

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        self._pool.asked.append(self._name)
        steps = self._pool.script[self._name]
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        if step is not None:
            raise step
        return await Answer.begin(call, _hello())


async def _hello() -> AsyncGenerator[ModelEvent, None]:
    yield TextDelta("Hello")


def too_often(seconds: float | None = None) -> RateLimited:
    return RateLimited("429", retry_after=seconds)


async def test_a_short_reset_is_waited_for() -> None:
    pool = Pool(a=[too_often(6), None], b=too_often(60))
    await pool.open()

    assert pool.waits == [6]
    assert pool.asked == ["a", "b", "a"]


async def test_waiting_has_an_end() -> None:
    pool = Pool(a=too_often(6))
    with pytest.raises(FreeModelsExhausted, match="the first is again in 6 s") as raised:
        await pool.open()

    assert (pool.waits, raised.value.retry_after) == ([6], 6)


@pytest.mark.parametrize("seconds", [0, 0.1, 1, 2, 3])
async def test_all_that_is_waited_for_has_a_bound_and_so_have_the_tries(seconds: float) -> None:
    pool = Pool(a=too_often(seconds), b=too_often(seconds))
    with pytest.raises(FreeModelsExhausted) as raised:
        await pool.open()

    assert 5 <= sum(pool.waits) <= 10
    assert len(pool.asked) <= 2 * 5
    assert raised.value.retry_after == pytest.approx(seconds)


async def test_what_one_model_is_tried_again_after_counts_too() -> None:
    pool = Pool(a=too_often(2), b=too_often())
    with pytest.raises(FreeModelsExhausted):
        await pool.open()

    assert 5 <= sum(pool.waits) <= 10


async def test_a_pause_that_one_model_asks_for_keeps_nobody_from_the_next() -> None:
    pool = Pool(a=too_often(1), b=None)
    await pool.open()

    assert (pool.asked, pool.waits) == (["a", "b"], [])


@pytest.mark.parametrize("seconds", [11, 3600])
async def test_a_long_one_is_told_at_once(seconds: float) -> None:
    pool = Pool(a=too_often(seconds), b=too_often(2 * seconds))
    with pytest.raises(FreeModelsExhausted) as raised:
        await pool.open()

    assert (pool.waits, raised.value.retry_after) == ([], seconds)
    assert (raised.value.status, raised.value.code) == (429, "LLM_FREE_MODELS_EXHAUSTED")


async def test_no_vendor_said_when() -> None:
    with pytest.raises(FreeModelsExhausted, match="no vendor said until when") as raised:
        await Pool(a=too_often()).open()

    assert raised.value.retry_after is None


async def test_other_troubles_end_as_ever() -> None:
    pool = Pool(a=too_often(5), b=ProviderUnavailable("503"))
    with pytest.raises(ChainExhausted):
        await pool.open()

    assert pool.asked == ["a", "b", "b", "b"]


async def test_who_may_spend_does_not_wait() -> None:
    pool = Pool(a=too_often(5))
    with pytest.raises(ChainExhausted):
        await pool.open(free_only=False)

    assert pool.waits == []
