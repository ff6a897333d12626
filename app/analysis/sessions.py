"""Judges sessions, by the newest run of each room, when all of these are judged."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import structlog

from app.analysis.errors import JudgementDelayed
from app.analysis.judge import Judge, Question, Verdict
from app.analysis.judgement import OverallJudgement, asked_of_session
from app.analysis.panel import Panel
from app.analysis.patience import ATTEMPTS, wait_for
from app.analysis.prompts import SESSION, RunCase, about_session
from app.analysis.record import Record, known_of, records_of
from app.analysis.repository import Judgements, Origin, judgement_of
from app.analysis.verification import SessionCheck
from app.db import Database
from app.kit.clock import Clock
from app.llm import CallContext, LLMError, Wishes
from app.negotiation import FinishedRuns

log = structlog.get_logger()

SESSION_TASK = "analysis:judge_session"


class JudgingSessions:
    """What can't be had is left out: the figures of a session say as much as they always do."""

    def __init__(
        self, database: Database, runs: FinishedRuns, judge: Judge, panel: Panel, *, clock: Clock
    ) -> None:
        self._database = database
        self._runs = runs
        self._judge = judge
        self._panel = panel
        self._clock = clock

    async def judge(self, tenant_id: str, session_id: UUID, attempt: int) -> None:
        """`attempt` counts from 1. Raises `JudgementDelayed` when no model answers and one may
        later."""
        self._judge.check()
        latest = await self._runs.latest(tenant_id, session_id)
        wishes = self._panel.wishes(tenant_id)
        if not latest.complete or wishes is None:
            return
        wishes = replace(wishes, unhurried=attempt < ATTEMPTS)
        records = await records_of(latest.runs)
        question = await self._about(tenant_id, records, wishes)
        try:
            verdict = await self._judge.ask(question)
        except JudgementDelayed:
            raise
        except LLMError as error:
            wait = wait_for(error, attempt)
            if wait is not None:
                raise JudgementDelayed(error.code, wait) from error
            log.warning("analysis.session_not_judged", code=error.code)
            return
        await self._keep(tenant_id, session_id, records, verdict)

    async def _about(
        self, tenant_id: str, records: Sequence[Record], wishes: Wishes
    ) -> Question[OverallJudgement]:
        async with self._database.read(tenant_id) as unit:
            rows = await Judgements(unit).of_runs([record.run.run_id for record in records])
        cases = [
            RunCase(
                record.run,
                record.figures,
                record.sentences,
                judgement_of(rows.get(record.run.run_id)),
            )
            for record in records
        ]
        return Question(
            await asyncio.to_thread(about_session, cases),
            asked_of_session(),
            OverallJudgement,
            SessionCheck(await asyncio.to_thread(known_of, records)),
            CallContext(tenant_id),
            wishes,
        )

    async def _keep(
        self,
        tenant_id: str,
        session_id: UUID,
        records: Sequence[Record],
        verdict: Verdict[OverallJudgement],
    ) -> None:
        if verdict.answer is None:
            log.warning("analysis.session_not_judged", refusals=verdict.spent.refusals)
            return
        run_ids = [record.run.run_id for record in records]
        origin = Origin(SESSION, verdict.spent, self._clock())
        async with self._database.begin(tenant_id) as unit:
            await Judgements(unit).session_judged(session_id, run_ids, verdict.answer, origin)
