"""What calls and looks tell of models and providers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    BadGateway,
    BreakerPolicy,
    ChainExhausted,
    Chains,
    Health,
    HealthState,
    ModelRef,
    ModelTimeout,
    Percentiles,
    ProviderUnavailable,
    RequestRefused,
)
from app.llm.errors import CoolingDown, LeftAlone, LLMError
from app.llm.messages import Attempt
from app.llm.routing.samples import MOST, WINDOW
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, ask
from tests.llm.routing.models import Watch, a_call, request

REF = ModelRef("lm_studio", "m")


def good(latency_ms: int = 100, first_token_ms: int | None = 10) -> Attempt:
    return Attempt(REF, None, None, latency_ms, first_token_ms)


def bad() -> Attempt:
    return Attempt(REF, "LLM_BAD_GATEWAY", "it broke off", 50)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def health(watch: Watch) -> Health:
    start = watch.now
    then = datetime(2026, 1, 31, 12, tzinfo=UTC)
    return Health(
        BreakerPolicy(failures=2, cooldown=30),
        clock=lambda: then + timedelta(seconds=watch.now - start),
        monotonic=watch,
    )


def test_nothing_is_known_at_first(health: Health) -> None:
    assert (health.of(REF).success_rate, health.last_check(REF)) == (None, None)
    assert health.state(REF) is HealthState.HEALTHY
    assert health.provider_state("lm_studio") is HealthState.HEALTHY


def test_figures(health: Health) -> None:
    for number in range(1, 21):
        health.ended(good(100 * number, number))
    for _ in range(5):
        health.ended(bad())

    figures = health.of(REF)
    assert (figures.count, figures.success_rate) == (25, 0.8)
    assert figures.latency_ms == Percentiles(1000, 1900)
    assert figures.first_token_ms == Percentiles(10, 19)


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_percentiles_are_values_that_were_measured(values: list[int]) -> None:
    found = Percentiles.of(values)

    assert found is not None
    assert found.p50 in values
    assert found.p95 in values
    assert sum(value <= found.p95 for value in values) >= 0.95 * len(values)
    assert sum(value < found.p50 for value in values) <= 0.5 * len(values)


def test_what_is_old_no_longer_counts(health: Health, watch: Watch) -> None:
    for _ in range(5):
        health.ended(bad())
    assert health.state(REF) is HealthState.DEGRADED
    watch.now += WINDOW + 2

    assert health.state(REF) is HealthState.HEALTHY
    assert health.of(REF).success_rate is None
    assert health.last_error(REF) == "it broke off"


def test_only_the_newest_count(health: Health) -> None:
    for _ in range(5):
        health.ended(bad())
    for _ in range(MOST):
        health.ended(good())

    assert health.of(REF).success_rate == 1


def test_a_few_failures_say_little(health: Health) -> None:
    for _ in range(4):
        health.ended(bad())
    assert health.state(REF) is HealthState.HEALTHY


def test_when_it_was_last_heard_of(health: Health, watch: Watch) -> None:
    health.ended(good())
    watch.now += 90

    assert health.last_check(REF) == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_made_up_names_dont_pile_up(health: Health) -> None:
    for number in range(3 * Health.BOUND):
        health.ended(Attempt(ModelRef("lm_studio", f"m{number}"), None, None, 1))

    assert len(list(health)) == Health.BOUND


class TestProvider:
    @pytest.mark.parametrize("error", [ModelTimeout("late"), ProviderUnavailable("gone")])
    def test_that_is_gone_takes_its_models_with_it(self, health: Health, error: LLMError) -> None:
        health.looked("lm_studio", 0.2, error)

        assert health.provider_state("lm_studio") is HealthState.OPEN
        assert health.state(REF) is HealthState.OPEN
        assert health.away("lm_studio") == error.message
        assert health.last_error("lm_studio") == error.message

    def test_that_refuses_is_there(self, health: Health) -> None:
        health.looked("lm_studio", 0.2, RequestRefused("401", upstream_status=401))

        assert health.provider_state("lm_studio") is HealthState.DEGRADED
        assert health.state(REF) is HealthState.HEALTHY

    def test_comes_back_at_the_next_look(self, health: Health) -> None:
        health.looked("lm_studio", 0.2, ModelTimeout("late"))
        health.looked("lm_studio", 0.3, None)

        assert health.away("lm_studio") is None
        assert health.of_provider("lm_studio").latency_ms == Percentiles(300, 300)

    def test_comes_back_with_a_call_that_succeeds(self, health: Health) -> None:
        health.looked("lm_studio", 0.2, ModelTimeout("late"))
        health.ended(good())

        assert health.away("lm_studio") is None


def test_a_model_whose_breaker_is_open_is_open(health: Health) -> None:
    breaker = health.breakers.of(REF)
    for _ in range(2):
        breaker.failed(a_call(request("lm_studio:m")))

    assert health.state(REF) is HealthState.OPEN
    assert health.breakers.cooldown_left(REF) == 30


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (BadGateway("odd"), True),
        (ModelTimeout("late"), True),
        (RequestRefused("key", upstream_status=401), True),
        (RequestRefused("you", upstream_status=400), False),
        (RequestRefused("no such", upstream_status=404), False),
        (LeftAlone("open"), False),
        (CoolingDown("later"), False),
    ],
    ids=str,
)
def test_which_errors_tell_of_the_model(error: LLMError, counts: bool) -> None:
    assert error.blames_model is counts


class TestLearning:
    async def test_from_every_attempt(self, connect: Connect) -> None:
        health = Health()
        client = connect(health=health, chains=Chains(default=(ModelRef("lm_studio", "ok"),)))
        for _ in range(2):
            await client.complete(ask("status-503"))

        assert health.of(ModelRef("lm_studio", "status-503")).success_rate == 0
        assert health.of(ModelRef("lm_studio", "ok")).success_rate == 1

    @pytest.mark.parametrize("model", ["status-400", "status-404"])
    async def test_not_from_a_request_that_is_itself_at_fault(
        self, connect: Connect, model: str
    ) -> None:
        health = Health()
        with pytest.raises(ChainExhausted):
            await connect(health=health).complete(ask(model))

        assert list(health) == []

    async def test_from_an_answer_that_breaks_off(self, connect: Connect) -> None:
        health = Health()
        [event async for event in connect(health=health).stream(ask("cut"))]

        assert health.of(ModelRef("lm_studio", "cut")).success_rate == 0

    async def test_not_from_a_caller_who_leaves(
        self, connect: Connect, upstream: FakeOpenAI
    ) -> None:
        health = Health()
        stream = connect(health=health).stream(ask("ok"))
        await anext(stream)
        await stream.aclose()

        assert list(health) == []


async def test_a_provider_that_is_gone_costs_no_request_anything(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    health = Health()
    health.looked("lm_studio", 5, ProviderUnavailable("nobody answers"))
    client = connect(health=health)
    completion = await client.complete(ask("fake-small"))

    (left_alone, asked) = completion.attempts
    assert left_alone.message is not None
    assert "at the last look, nobody answers" in left_alone.message
    assert (left_alone.latency_ms, asked.error) == (0, None)
    assert len(upstream.calls) == 1
    assert health.away("lm_studio") is None
