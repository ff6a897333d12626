import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    BadGateway,
    LLMError,
    ModelEvent,
    ModelRef,
    ModelRequest,
    ModelTimeout,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    TextDelta,
)
from app.llm.call import Call
from app.llm.model import Answer
from app.llm.routing.breaker import (
    BehindBreaker,
    Breaker,
    BreakerPolicy,
    Breakers,
    BreakerState,
)
from tests.llm.conftest import ask

REF = ModelRef("ollama", "m")
AWAY = [ModelTimeout("late"), ProviderUnavailable("503"), RateLimited("429")]
THERE = [BadGateway("odd"), RequestRefused("400", upstream_status=400)]


class Watch:
    """A monotonic clock that stands still until it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Scripted:
    """A model that does what it is told next, and counts how often it was asked."""

    def __init__(self) -> None:
        self.next: LLMError | asyncio.Event | None = None
        self.asked = 0

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        self.asked += 1
        if isinstance(self.next, asyncio.Event):
            await self.next.wait()
        if isinstance(self.next, LLMError):
            raise self.next
        return await Answer.begin(call, _hello())


async def _hello() -> AsyncGenerator[ModelEvent, None]:
    yield TextDelta("Hello")


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def breaker(watch: Watch) -> Breaker:
    return Breaker(BreakerPolicy(failures=5, cooldown=30), watch)


@pytest.fixture
def model() -> Scripted:
    return Scripted()


@pytest.fixture
def guarded(model: Scripted, breaker: Breaker) -> BehindBreaker:
    return BehindBreaker(model, REF, lambda: breaker)


def a_call() -> Call:
    return Call(ask(REF), created_at=datetime.now(UTC))


async def call(guarded: BehindBreaker) -> Call:
    noted = a_call()
    with contextlib.suppress(LLMError):
        await guarded.open(noted.request, noted)
    return noted


async def fail(guarded: BehindBreaker, model: Scripted, times: int = 5) -> None:
    model.next = ProviderUnavailable("503")
    for _ in range(times):
        await call(guarded)


@pytest.mark.parametrize("error", AWAY, ids=repr)
async def test_opens_after_failures_in_a_row(
    guarded: BehindBreaker, model: Scripted, error: LLMError
) -> None:
    model.next = error
    for _ in range(8):
        await call(guarded)

    assert model.asked == 5


@pytest.mark.parametrize("error", THERE, ids=repr)
async def test_a_model_that_answers_oddly_is_there(
    guarded: BehindBreaker, model: Scripted, error: LLMError
) -> None:
    model.next = error
    for _ in range(8):
        await call(guarded)

    assert model.asked == 8


async def test_a_success_starts_the_count_anew(guarded: BehindBreaker, model: Scripted) -> None:
    await fail(guarded, model, times=4)
    model.next = None
    await call(guarded)
    await fail(guarded, model, times=4)

    assert model.asked == 9


async def test_says_so_without_asking(guarded: BehindBreaker, model: Scripted) -> None:
    await fail(guarded, model)
    noted = await call(guarded)

    (attempt,) = noted.attempts
    assert attempt.model == REF
    assert attempt.error == "LLM_PROVIDER_UNAVAILABLE"
    assert attempt.message is not None
    assert "left alone for another 30 s" in attempt.message
    assert attempt.latency_ms == 0


async def test_a_probe_closes_it(
    guarded: BehindBreaker, model: Scripted, breaker: Breaker, watch: Watch
) -> None:
    await fail(guarded, model)
    watch.now += 30
    model.next = None
    await call(guarded)

    assert breaker.state is BreakerState.CLOSED


async def test_a_failed_probe_opens_it_again(
    guarded: BehindBreaker, model: Scripted, breaker: Breaker, watch: Watch
) -> None:
    await fail(guarded, model)
    watch.now += 30
    await call(guarded)

    assert model.asked == 6
    assert breaker.state is BreakerState.OPEN
    assert breaker.cooldown_left == 30


async def test_only_one_probe_at_a_time(
    guarded: BehindBreaker, model: Scripted, watch: Watch
) -> None:
    await fail(guarded, model)
    watch.now += 30
    model.next = asyncio.Event()
    probe = asyncio.create_task(call(guarded))
    await asyncio.sleep(0)
    for _ in range(3):
        await call(guarded)
    model.next.set()
    await probe

    assert model.asked == 6


async def test_a_cancelled_probe_makes_way_for_another(
    guarded: BehindBreaker, model: Scripted, breaker: Breaker, watch: Watch
) -> None:
    await fail(guarded, model)
    watch.now += 30
    model.next = asyncio.Event()
    probe = asyncio.create_task(call(guarded))
    await asyncio.sleep(0)
    probe.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await probe

    model.next = None
    await call(guarded)
    assert breaker.state is BreakerState.CLOSED


@given(st.lists(st.tuples(st.sampled_from(["fail", "wait"]), st.floats(0, 20))))
def test_a_cool_down_is_never_shortened(steps: list[tuple[str, float]]) -> None:
    watch = Watch()
    breaker = Breaker(BreakerPolicy(failures=2, cooldown=30), watch)
    ends = [0.0]
    for step, seconds in steps:
        if step == "fail":
            breaker.failed(a_call())
        else:
            watch.now += seconds
        if breaker.state is BreakerState.OPEN:
            ends.append(round(watch.now + breaker.cooldown_left, 6))

    assert ends == sorted(ends)


def test_each_model_has_its_own() -> None:
    breakers = Breakers()
    one, other = breakers.of(REF), breakers.of(ModelRef("ollama", "n"))

    assert one is breakers.of(REF)
    assert one is not other


def test_made_up_names_dont_pile_up(watch: Watch) -> None:
    breakers = Breakers(BreakerPolicy(failures=1), watch)
    breakers.of(REF).failed(a_call())
    for number in range(3 * Breakers.BOUND):
        breakers.of(ModelRef("ollama", f"made-up-{number}"))

    assert len(breakers) <= Breakers.BOUND
    assert breakers.of(REF).state is BreakerState.OPEN
