"""What analysis refuses, and why a judgement couldn't be had."""

from uuid import UUID

from app.errors import Conflict
from app.llm import ProviderUnavailable


class NobodyJudges(Conflict):
    """No model is configured that could judge, or judging is switched off."""

    code = "NOBODY_JUDGES"

    def __init__(self) -> None:
        super().__init__(
            "no model judges: set GEMINI_API_KEY, OPENROUTER_API_KEY or LLM_CHAIN_ANALYSIS, "
            "and leave ANALYSIS_JUDGE at auto; the figures are there without one"
        )


class JudgementPending(Conflict):
    """The run is being judged already."""

    code = "JUDGEMENT_PENDING"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(
            f"run '{run_id}' is being judged; look again at GET /api/v1/analysis/runs/{run_id}"
        )


class JudgementDelayed(ProviderUnavailable):
    """No judge can be had now; `seconds` until the next attempt. Trouble that passes by itself, and
    so no fault of the job's."""

    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(f"{why}: tried again in {seconds:.0f} s", retry_after=seconds)
        self.seconds = seconds
