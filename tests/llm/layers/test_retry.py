import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import (
    BadGateway,
    ChainExhausted,
    LLMError,
    ModelTimeout,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    RetryPolicy,
    TextDelta,
    Timeouts,
)
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, Naps, ask


async def test_a_passing_failure(connect: Connect, upstream: FakeOpenAI, naps: Naps) -> None:
    upstream.faults.extend(["status-503", "refuse"])
    completion = await connect(retry=RetryPolicy()).complete(ask("m"))

    assert [a.error for a in completion.attempts] == [
        "LLM_PROVIDER_UNAVAILABLE",
        "LLM_PROVIDER_UNAVAILABLE",
        None,
    ]
    assert len(naps.taken) == 2


async def test_gives_up(connect: Connect, upstream: FakeOpenAI) -> None:
    with pytest.raises(ChainExhausted) as raised:
        await connect(retry=RetryPolicy(retries=2)).complete(ask("status-503"))

    assert len(raised.value.attempts) == len(upstream.calls) == 3


@pytest.mark.parametrize(
    ("model", "naps_taken"),
    [("status-429-after-1.5", [1.5, 1.5]), ("status-429-after-60", []), ("status-429-date", [])],
)
async def test_waits_as_long_as_it_was_asked_to_or_not_at_all(
    connect: Connect, naps: Naps, model: str, naps_taken: list[float]
) -> None:
    with pytest.raises(ChainExhausted):
        await connect(retry=RetryPolicy(retries=2, cap=2)).complete(ask(model))

    assert naps.taken == naps_taken


@pytest.mark.parametrize("model", ["status-400", "status-401", "status-404", "silence"])
async def test_what_another_try_wont_help(
    connect: Connect, upstream: FakeOpenAI, model: str
) -> None:
    client = connect(retry=RetryPolicy(), timeouts=Timeouts(first_token=0.1))
    with pytest.raises(ChainExhausted):
        await client.complete(ask(model))

    assert len(upstream.calls) == 1


async def test_never_after_the_first_event(connect: Connect, upstream: FakeOpenAI) -> None:
    upstream.faults.append("cut")
    events = [event async for event in connect(retry=RetryPolicy()).stream(ask("m"))]

    assert [event for event in events if isinstance(event, TextDelta)] == [
        TextDelta("Hello "),
        TextDelta("from "),
    ]
    assert len(upstream.calls) == 1


ERRORS = st.sampled_from(
    [
        BadGateway("odd"),
        ModelTimeout("late"),
        ProviderUnavailable("503", retry_after=1),
        RateLimited("429", retry_after=100),
        RateLimited("429"),
        RequestRefused("400", upstream_status=400),
    ]
)


@given(error=ERRORS, tries=st.integers(1, 50), draw=st.floats(0, 1))
def test_waits_and_tries_are_bounded(error: LLMError, tries: int, draw: float) -> None:
    policy = RetryPolicy(retries=3, base=0.25, cap=2)
    wait = policy.wait(error, tries, draw)

    assert wait is None or 0 <= wait <= 2
    assert wait is None or tries <= 3


def test_waits_grow_with_the_tries() -> None:
    policy = RetryPolicy(retries=5, base=0.25, cap=2)

    longest = [policy.wait(BadGateway("odd"), tries, 1.0) for tries in range(1, 6)]
    assert longest == [0.25, 0.5, 1.0, 2.0, 2.0]
