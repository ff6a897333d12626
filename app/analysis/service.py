"""Looking back on runs: what is stored of them and what their logs say. Asks no model."""

from uuid import UUID

from app.analysis.errors import JudgementPending, NobodyJudges
from app.analysis.figures import totals
from app.analysis.judging import Judging
from app.analysis.record import records_of
from app.analysis.repository import Judgements
from app.analysis.schemas import (
    ComparisonView,
    JudgedView,
    RunAnalysisView,
    SessionAnalysisView,
)
from app.analysis.scores import RunScores
from app.analysis.summaries import Summaries
from app.analysis.views import comparison_view, line_view, run_view
from app.db import Database
from app.negotiation import FinishedRuns


class Analyses:
    def __init__(
        self,
        database: Database,
        runs: FinishedRuns,
        judging: Judging,
        summaries: Summaries,
        scores: RunScores,
    ) -> None:
        self._database = database
        self._runs = runs
        self._judging = judging
        self._summaries = summaries
        self._scores = scores

    async def run(self, tenant_id: str, run_id: UUID) -> RunAnalysisView:
        """Raises `RunNotFound`, `RunNotFinished`."""
        [record] = await records_of([await self._runs.get(tenant_id, run_id)])
        scores = await self._scores.of_run(tenant_id, run_id)
        async with self._database.read(tenant_id) as unit:
            row = await Judgements(unit).of_run(run_id)
        return run_view(record, row, scores)

    async def rerun(self, tenant_id: str, run_id: UUID) -> None:
        """Has the run judged once more. Raises `RunNotFound`, `RunNotFinished`, `NobodyJudges`,
        `JudgementPending`."""
        await self._runs.get(tenant_id, run_id)
        if not self._judging.follows(tenant_id):
            raise NobodyJudges
        async with self._database.begin(tenant_id) as unit:
            if not await self._judging.ask(unit, run_id):
                raise JudgementPending(run_id)

    async def session(
        self, tenant_id: str, session_id: UUID, *, limit: int, offset: int
    ) -> SessionAnalysisView:
        """Raises `SessionNotFound`."""
        page = await self._runs.page(tenant_id, session_id, limit=limit, offset=offset)
        latest = await self._runs.latest(tenant_id, session_id)
        records, newest = await records_of(page.runs), await records_of(latest.runs)
        async with self._database.read(tenant_id) as unit:
            judgements = Judgements(unit)
            rows = await judgements.of_runs([run.run_id for run in page.runs])
            overall = await self._summaries.of_session(unit, latest.runs)
            judged = await judgements.of_session(session_id)
        by_model = overall is not None and overall.source == "model"
        return SessionAnalysisView(
            session_id=session_id,
            runs=[line_view(record, rows.get(record.run.run_id)) for record in records],
            total=page.total,
            limit=limit,
            offset=offset,
            totals=totals([record.figures for record in newest]),
            overall=overall,
            judged=JudgedView.model_validate(judged) if by_model else None,
        )

    async def compare(self, tenant_id: str, first: UUID, second: UUID) -> ComparisonView:
        """Raises `RunNotFound`, `RunNotFinished`."""
        runs = [await self._runs.get(tenant_id, run_id) for run_id in (first, second)]
        a, b = await records_of(runs)
        async with self._database.read(tenant_id) as unit:
            rows = await Judgements(unit).of_runs([first, second])
        return comparison_view(a, b, [rows.get(first), rows.get(second)])
