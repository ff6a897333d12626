"""The jobs of analysis."""

from uuid import UUID

import structlog
from procrastinate import Blueprint, JobContext, RetryDecision
from procrastinate.jobs import Job

from app.analysis.errors import JudgementDelayed
from app.analysis.opening import Analysis
from app.jobs import Resume, services

tasks = Blueprint()


class Patience(Resume):
    """Puts a judgement that can't be had now back for as long as it says."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, JudgementDelayed):
            return RetryDecision(retry_in={"seconds": round(exception.seconds)})
        return super().get_retry_decision(exception=exception, job=job)


@tasks.task(name="judge", retry=Patience(), pass_context=True)
async def judge(context: JobContext, tenant_id: str, run_id: str) -> None:
    """Judges a run that has ended."""
    judging = services(context).get(Analysis).judging
    with structlog.contextvars.bound_contextvars(run_id=run_id):
        await judging.judge(tenant_id, UUID(run_id))


@tasks.task(name="judge_session", retry=Patience(), pass_context=True)
async def judge_session(context: JobContext, tenant_id: str, session_id: str) -> None:
    """Judges a session whose runs are judged."""
    sessions = services(context).get(Analysis).sessions
    with structlog.contextvars.bound_contextvars(session_id=session_id):
        await sessions.judge(tenant_id, UUID(session_id), context.job.attempts + 1)
