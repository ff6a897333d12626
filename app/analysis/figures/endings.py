"""What settled a run."""

from datetime import timedelta
from enum import StrEnum

from app.analysis.figures.log import decision, each, end
from app.negotiation import Decided, FinishedRun, Outcome, RunFailed, Verdict


class EndedBy(StrEnum):
    """What settled a run; `unfinished` is a log without a decision."""

    ACCEPTANCE = "acceptance"
    WALKING_AWAY = "walking_away"
    LAST_ROUND = "last_round"
    TIME_OUT = "time_out"
    PERSON = "person"
    FAILURE = "failure"
    UNFINISHED = "unfinished"


def ended_by(run: FinishedRun) -> EndedBy:
    found = decision(run)
    if found is None:
        return EndedBy.UNFINISHED
    decided = found[1]
    if decided.by_human:
        return EndedBy.PERSON
    if decided.verdict is Verdict.ACCEPT:
        return EndedBy.ACCEPTANCE
    if decided.verdict is Verdict.REJECT:
        return EndedBy.WALKING_AWAY
    return _why_none(run)


def _why_none(run: FinishedRun) -> EndedBy:
    """Nobody decided: the run failed, its time ran out, or its rounds did."""
    found = end(run)
    aborted = found is not None and found[1].outcome is Outcome.ABORTED
    if aborted or any(True for _ in each(run, RunFailed)):
        return EndedBy.FAILURE
    decided_at = next(entry.at for entry in run.events if isinstance(entry.event, Decided))
    late = decided_at >= run.started_at + timedelta(seconds=run.timeout_seconds)
    return EndedBy.TIME_OUT if late else EndedBy.LAST_ROUND
