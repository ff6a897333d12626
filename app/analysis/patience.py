"""How long a judgement that can't be had is waited for, and what is said when it is given up."""

from uuid import UUID

from app.errors import AppError
from app.llm import BudgetExceeded, ChainExhausted, LLMError

ATTEMPTS = 6
"""At a judgement, within some five minutes; after that somebody has to ask again."""

_FIRST_WAIT = 10.0
_LONGEST_WAIT = 300.0
_LONGEST_TEXT = 800

_ADVICE = "Ask again with POST /api/v1/analysis/runs/{run_id}/rerun; the figures are there."


def wait_for(error: LLMError, attempt: int) -> float | None:
    """Seconds until the next attempt: twice as long each time, or as long as the vendor said; None
    when there is none. `attempt` is the one that failed, from 1."""
    if attempt >= ATTEMPTS or not _passes(error):
        return None
    asked: float = getattr(error, "retry_after", None) or 0.0
    wait = max(asked, _FIRST_WAIT * 2.0 ** (attempt - 1))
    return min(wait, _LONGEST_WAIT)


def reason(error: AppError) -> str:
    return error.message[:_LONGEST_TEXT]


def advice(error: AppError, run_id: UUID) -> str:
    """What went wrong, and what to do."""
    return f"{reason(error)}. {_ADVICE.format(run_id=run_id)}"


def _passes(error: LLMError) -> bool:
    """Whether it may be otherwise later. A budget is spent less as its window moves on."""
    if isinstance(error, ChainExhausted):
        return _passes(error.cause)
    return error.retryable or isinstance(error, BudgetExceeded)
