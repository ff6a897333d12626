"""Judges runs that have ended: asked for in the transaction of the last event, done by a job."""

import asyncio
from dataclasses import replace
from uuid import UUID

import structlog

from app.analysis.errors import JudgementDelayed
from app.analysis.judge import Judge, Question, Spent, Verdict
from app.analysis.judgement import Judgement, asked_of_run
from app.analysis.models import RunJudgement
from app.analysis.panel import Panel
from app.analysis.patience import ATTEMPTS, BROKEN, Trouble, wait_for
from app.analysis.prompts import RUN, RunCase, about_run
from app.analysis.record import Record, records_of
from app.analysis.repository import Judgements, Origin
from app.analysis.sessions import SESSION_TASK
from app.analysis.spacing import Spacing
from app.db import DATABASE_ERRORS, Database, UnitOfWork
from app.jobs import JobQueue
from app.kit.clock import Clock
from app.llm import CallContext, LLMError, Wishes
from app.negotiation import FinishedRuns, LatestRuns, RunNotFinished, RunNotFound

log = structlog.get_logger()

RUN_TASK = "analysis:judge"


class Judging:
    """`follows` and `ended` are what the market calls when a run ends."""

    def __init__(
        self,
        database: Database,
        runs: FinishedRuns,
        judge: Judge,
        panel: Panel,
        jobs: JobQueue,
        *,
        clock: Clock,
    ) -> None:
        self._database = database
        self._runs = runs
        self._judge = judge
        self._panel = panel
        self._jobs = jobs
        self._clock = clock
        self._spacing = Spacing()

    def follows(self, tenant_id: str) -> bool:
        return self._panel.wishes(tenant_id) is not None

    async def ended(self, unit: UnitOfWork, run_id: UUID) -> None:
        await self.ask(unit, run_id)

    async def ask(self, unit: UnitOfWork, run_id: UUID) -> bool:
        """Has the run judged once `unit` is committed. False when it is to be judged already."""
        if not await Judgements(unit).ask(run_id, self._clock()):
            return False
        # Not the run's own lock: its job is still about to end, and would hold the judge up.
        await self._jobs.defer(unit, RUN_TASK, lock=f"judge:{run_id}", run_id=str(run_id))
        return True

    async def judge(self, tenant_id: str, run_id: UUID) -> None:
        """Judges a run that is to be judged, and leaves any other alone.

        Raises `JudgementDelayed` when no model answers, or too many are asked already, and it may
        be otherwise later.
        """
        self._judge.check()
        async with self._spacing.one():
            row = await self._pending(tenant_id, run_id)
            record = await self._record(tenant_id, run_id) if row else None
        if row is None or record is None:
            return
        try:
            # Whoever judged when it was asked for may be gone; the router then says so.
            wishes = self._panel.wishes(tenant_id) or Wishes()
            wishes = replace(wishes, unhurried=row.attempts + 1 < ATTEMPTS)
            async with self._spacing.one():
                question = await asyncio.to_thread(_about, record, tenant_id, wishes)
            verdict = await self._judge.ask(question)
        except (JudgementDelayed, *DATABASE_ERRORS):
            raise
        except LLMError as error:
            await self._unanswered(tenant_id, record, error, row.attempts + 1)
        except Exception:
            log.exception("analysis.failed")
            await self._failed(tenant_id, record, BROKEN, Spent())
        else:
            await self._judged(tenant_id, record, verdict)

    async def _pending(self, tenant_id: str, run_id: UUID) -> RunJudgement | None:
        async with self._database.read(tenant_id) as unit:
            row = await Judgements(unit).of_run(run_id)
        return row if row is not None and row.status == "pending" else None

    async def _record(self, tenant_id: str, run_id: UUID) -> Record | None:
        """None of a run that was deleted meanwhile."""
        try:
            [record] = await records_of([await self._runs.get(tenant_id, run_id)])
        except (RunNotFound, RunNotFinished):
            return None
        return record

    async def _unanswered(
        self, tenant_id: str, record: Record, error: LLMError, attempt: int
    ) -> None:
        trouble, wait = Trouble.of(error), wait_for(error, attempt)
        if wait is None:
            await self._failed(tenant_id, record, trouble, Spent())
            return
        async with self._database.begin(tenant_id) as unit:
            await Judgements(unit).delayed(record.run.run_id, trouble, attempt)
        raise JudgementDelayed(error.code, wait)

    async def _judged(self, tenant_id: str, record: Record, verdict: Verdict[Judgement]) -> None:
        if verdict.answer is None:
            trouble = Trouble.unverified(verdict.problems)
            await self._failed(tenant_id, record, trouble, verdict.spent)
            return
        run, origin = record.run, Origin(RUN, verdict.spent, self._clock())
        latest = await self._runs.latest(tenant_id, run.session_id)
        async with self._database.begin(tenant_id) as unit:
            judgements = Judgements(unit)
            await judgements.lock_session(run.session_id)
            await judgements.judged(run.run_id, verdict.answer, origin)
            await self._go_on(unit, run.session_id, latest)

    async def _failed(self, tenant_id: str, record: Record, trouble: Trouble, spent: Spent) -> None:
        log.warning("analysis.not_judged", code=trouble.code, refusals=spent.refusals)
        run, origin = record.run, Origin(RUN, spent, self._clock())
        latest = await self._runs.latest(tenant_id, run.session_id)
        async with self._database.begin(tenant_id) as unit:
            judgements = Judgements(unit)
            await judgements.lock_session(run.session_id)
            await judgements.failed(run.run_id, trouble, origin)
            await self._go_on(unit, run.session_id, latest)

    async def _go_on(self, unit: UnitOfWork, session_id: UUID, latest: LatestRuns) -> None:
        """Has the session judged when this was the last of its runs to be."""
        rows = await Judgements(unit).of_runs([run.run_id for run in latest.runs])
        statuses = {row.status for row in rows.values()}
        if latest.complete and "judged" in statuses and "pending" not in statuses:
            await self._jobs.defer(
                unit, SESSION_TASK, lock=str(session_id), session_id=str(session_id)
            )


def _about(record: Record, tenant_id: str, wishes: Wishes) -> Question[Judgement]:
    run = record.run
    return Question(
        about_run(RunCase(run, record.figures, record.sentences)),
        asked_of_run([seller.seller_id for seller in run.sellers]),
        Judgement,
        record.check(),
        CallContext(tenant_id, run_id=run.run_id),
        wishes,
    )
