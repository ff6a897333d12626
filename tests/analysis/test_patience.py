"""How long a judgement is waited for."""

import logging
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.analysis.errors import JudgementDelayed
from app.analysis.patience import ATTEMPTS, Trouble, away, wait_for
from app.llm import (
    BudgetExceeded,
    ChainExhausted,
    LLMError,
    ModelTimeout,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
)
from app.web.errors import meaning_of

BUSY = ModelTimeout("silent")


@pytest.mark.parametrize(
    ("error", "others_too"),
    [
        (BUSY, True),
        (RateLimited("slow down"), True),
        (ChainExhausted((), BUSY), True),
        (BudgetExceeded("one tenant's", resets_at=datetime(2026, 1, 1, tzinfo=UTC)), False),
        (RequestRefused("too long", upstream_status=400), False),
    ],
)
def test_only_what_holds_for_others_too_gives_the_judge_a_recess(
    error: LLMError, others_too: bool
) -> None:
    assert away(error) is others_too


def test_twice_as_long_each_time_and_then_no_more() -> None:
    waits = [wait_for(BUSY, attempt) for attempt in range(1, ATTEMPTS + 1)]
    assert waits == [10, 20, 40, 80, 160, None]


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (BudgetExceeded("spent", resets_at=datetime(2026, 1, 1, tzinfo=UTC)), 10),
        (RateLimited("slow down", retry_after=34.5), 34.5),
        (RateLimited("come back tomorrow", retry_after=86400), 300),
        (ChainExhausted((), ProviderUnavailable("away", retry_after=30)), 30),
        (ChainExhausted((), RequestRefused("bad key", upstream_status=401)), None),
        (RequestRefused("bad key", upstream_status=401), None),
    ],
)
def test_what_passes_and_what_doesnt(error: LLMError, wait: float | None) -> None:
    assert wait_for(error, 1) == wait


def test_trouble_is_short_and_says_what_to_do() -> None:
    run_id = UUID(int=5)
    told = Trouble.of(ModelTimeout("x" * 10_000)).advice(run_id)
    assert len(told) < 1000
    assert f"POST /api/v1/analysis/runs/{run_id}/rerun" in told
    assert Trouble.unverified([f"problem {n}" for n in range(99)]).message.count("problem") == 5


def test_waiting_is_no_failure_of_a_job() -> None:
    meaning = meaning_of(JudgementDelayed("nobody answers", 20))
    assert (meaning.level, meaning.retryable) == (logging.WARNING, True)
