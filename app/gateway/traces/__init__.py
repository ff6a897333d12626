"""Traces on their way to whoever looks at them, and the scores that come back."""

from app.gateway.traces.delivery.runs import ToldMove, ToldRun, ToldRuns
from app.gateway.traces.opening import TraceOptions, Tracing, open_tracing
from app.gateway.traces.scores.repository import ScoreRow
from app.gateway.traces.scores.service import NO_SCORES, RunScores, Scores

__all__ = [
    "NO_SCORES",
    "RunScores",
    "ScoreRow",
    "Scores",
    "ToldMove",
    "ToldRun",
    "ToldRuns",
    "TraceOptions",
    "Tracing",
    "open_tracing",
]
