"""Finished negotiations over HTTP: figures, judgements, comparisons."""

from fastapi import status

from app.accounts import TenantId
from app.analysis.dependencies import InAnalysis, Limit, Offset, RunID, SessionID, TwoRuns
from app.analysis.errors import JudgementPending, NobodyJudges
from app.analysis.schemas import (
    ComparisonView,
    RerunView,
    RunAnalysisView,
    SessionAnalysisView,
)
from app.errors import InvalidInput
from app.negotiation import RunNotFinished, RunNotFound, SessionNotFound
from app.web import Router, problems

router = Router(prefix="/api/v1/analysis", tags=["Analysis"])


@router.get(
    "/runs/{run_id}",
    response_model=RunAnalysisView,
    responses=problems(RunNotFound, RunNotFinished),
)
async def get_run(analyses: InAnalysis, tenant_id: TenantId, run_id: RunID) -> RunAnalysisView:
    """What a finished run was worth, and what a model thinks of it where one judged."""
    return await analyses.run(tenant_id, run_id)


@router.post(
    "/runs/{run_id}/rerun",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=RerunView,
    responses=problems(RunNotFound, RunNotFinished, JudgementPending, NobodyJudges),
)
async def rerun(analyses: InAnalysis, tenant_id: TenantId, run_id: RunID) -> RerunView:
    """Have a finished run judged once more; the new judgement takes the old one's place."""
    await analyses.rerun(tenant_id, run_id)
    return RerunView(run_id=run_id)


@router.get(
    "/sessions/{session_id}",
    response_model=SessionAnalysisView,
    responses=problems(SessionNotFound),
)
async def get_session(
    analyses: InAnalysis,
    tenant_id: TenantId,
    session_id: SessionID,
    limit: Limit = 20,
    offset: Offset = 0,
) -> SessionAnalysisView:
    """A session's finished runs beside each other, and what they came to together."""
    return await analyses.session(tenant_id, session_id, limit=limit, offset=offset)


@router.get(
    "/compare",
    response_model=ComparisonView,
    responses=problems(InvalidInput, RunNotFound, RunNotFinished),
)
async def compare(analyses: InAnalysis, tenant_id: TenantId, run: TwoRuns) -> ComparisonView:
    """Two finished runs side by side: every figure, the difference, and for whom it is better."""
    return await analyses.compare(tenant_id, *run)
