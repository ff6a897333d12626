"""Puts the parts of analysis together."""

from collections.abc import Sequence

from app.analysis.judge import Judge
from app.analysis.judging import Judging
from app.analysis.panel import Panel
from app.analysis.scores import NoScores, RunScores
from app.analysis.service import Analyses
from app.analysis.sessions import JudgingSessions
from app.analysis.summaries import Summaries
from app.db import Database
from app.jobs import JobQueue
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.llm import LLMClient, ModelRef
from app.negotiation import FinishedRuns


@frozen
class Analysis:
    """What endpoints, jobs and the market work with."""

    analyses: Analyses
    judging: Judging
    sessions: JudgingSessions
    summaries: Summaries


def build_analysis(
    database: Database,
    client: LLMClient,
    jobs: JobQueue,
    clock: Clock,
    *,
    judges: bool,
    chain: Sequence[ModelRef] = (),
    scores: RunScores | None = None,
) -> Analysis:
    """`judges` is the setting `ANALYSIS_JUDGE`, `chain` is `LLM_CHAIN_ANALYSIS`."""
    runs, judge, panel = FinishedRuns(database), Judge(client), Panel(client, chain, on=judges)
    judging = Judging(database, runs, judge, panel, jobs, clock=clock)
    summaries = Summaries()
    return Analysis(
        analyses=Analyses(database, runs, judging, summaries, scores or NoScores()),
        judging=judging,
        sessions=JudgingSessions(database, runs, judge, panel, clock=clock),
        summaries=summaries,
    )
