"""How long a judgement that can't be had is waited for, and what is said when it is given up."""

from collections.abc import Sequence
from uuid import UUID

from app.kit.frozen import frozen
from app.llm import BudgetExceeded, ChainExhausted, LLMError

ATTEMPTS = 6
"""At a judgement, within some five minutes; after that somebody has to ask again."""

_FIRST_WAIT = 10.0
_LONGEST_WAIT = 300.0
_LONGEST_TEXT = 800
_MOST_PROBLEMS = 5

_ADVICE = "Ask again with POST /api/v1/analysis/runs/{run_id}/rerun; the figures are there."


def wait_for(error: LLMError, attempt: int) -> float | None:
    """Seconds until the next attempt: twice as long each time, or as long as the vendor said; None
    when there is none. `attempt` is the one that failed, from 1."""
    if attempt >= ATTEMPTS or not _passes(error):
        return None
    asked: float = getattr(error, "retry_after", None) or 0.0
    return min(max(asked, pause_after(attempt)), _LONGEST_WAIT)


def pause_after(failures: int) -> float:
    """Seconds; `failures` is how many there were in a row."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(failures - 1, 16))


@frozen
class Trouble:
    """Why there is no judgement, as it is kept beside the run."""

    code: str
    message: str

    @classmethod
    def of(cls, error: LLMError) -> "Trouble":
        return cls(error.code, error.message[:_LONGEST_TEXT])

    @classmethod
    def unverified(cls, problems: Sequence[str]) -> "Trouble":
        """Every answer cited what isn't there; `problems` are those of the last one."""
        shown = "; ".join(problems[:_MOST_PROBLEMS])
        return cls("ANALYSIS_UNVERIFIED", f"the judge's answers didn't hold: {shown}")

    def advice(self, run_id: UUID) -> str:
        """What went wrong, and what to do."""
        return f"{self.message[:_LONGEST_TEXT]}. {_ADVICE.format(run_id=run_id)}"


BROKEN = Trouble("INTERNAL_ERROR", "an internal error ended the judging; the log has the details")


def away(error: LLMError) -> bool:
    """Whether others wouldn't be answered now either. A budget is one tenant's."""
    cause = _cause(error)
    return cause.retryable and not isinstance(cause, BudgetExceeded)


def _passes(error: LLMError) -> bool:
    """Whether it may be otherwise later. A budget is spent less as its window moves on."""
    cause = _cause(error)
    return cause.retryable or isinstance(cause, BudgetExceeded)


def _cause(error: LLMError) -> LLMError:
    return error.cause if isinstance(error, ChainExhausted) else error
