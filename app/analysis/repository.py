"""Every query of judgements. Built on a unit of work."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.analysis.judge import Spent
from app.analysis.judgement import Judgement, OverallJudgement
from app.analysis.models import RunJudgement, SessionJudgement
from app.analysis.patience import Trouble
from app.db import UnitOfWork
from app.kit.frozen import frozen

_ASK = """
    INSERT INTO run_judgements
        (run_id, tenant_id, status, prompt_tokens, completion_tokens, refusals, attempts, asked_at)
    VALUES (%(run_id)s, %(tenant_id)s, 'pending', 0, 0, 0, 0, %(asked_at)s)
    ON CONFLICT (run_id) DO UPDATE SET
        status = 'pending', judgement = NULL, error_code = NULL, error = NULL,
        prompt_version = NULL, provider = NULL, model = NULL, prompt_tokens = 0,
        completion_tokens = 0, cost_usd = NULL, refusals = 0, attempts = 0, asked_at = %(asked_at)s,
        judged_at = NULL
    WHERE run_judgements.status <> 'pending'
    RETURNING run_id
"""


@frozen
class Origin:
    """Where a judgement is from: the prompt's version, what it took, and when it was had."""

    version: str
    spent: Spent
    at: datetime

    def columns(self) -> dict[str, Any]:
        columns = asdict(self.spent)
        model = columns.pop("model")
        named = {"provider": model["provider"], "model": model["model"]} if model else {}
        return {**columns, **named, "prompt_version": self.version, "judged_at": self.at}


def judgement_of(row: RunJudgement | None) -> Judgement | None:
    return None if row is None or row.judgement is None else Judgement(**row.judgement)


class Judgements:
    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    async def ask(self, run_id: UUID, asked_at: datetime) -> bool:
        """Notes that a judgement is to come, in place of an older one. False when it was to come
        already. Straight on the driver, since a run's end is written there."""
        connection = await self._unit.psycopg()
        asked = {"run_id": run_id, "tenant_id": self._unit.tenant_id, "asked_at": asked_at}
        return await (await connection.execute(_ASK, asked)).fetchone() is not None

    async def of_run(self, run_id: UUID) -> RunJudgement | None:
        return (await self.of_runs([run_id])).get(run_id)

    async def of_runs(self, run_ids: Sequence[UUID]) -> dict[UUID, RunJudgement]:
        query = select(RunJudgement).where(
            RunJudgement.run_id.in_(run_ids), RunJudgement.tenant_id == self._unit.tenant_id
        )
        rows = (await self._unit.session.scalars(query)).all()
        return {row.run_id: row for row in rows}

    async def lock_session(self, session_id: UUID) -> None:
        """Has judgements of one session's runs stored one after the other, so that the last one
        sees all others."""
        await self._unit.session.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(str(session_id), 0)))
        )

    async def judged(self, run_id: UUID, judgement: Judgement, origin: Origin) -> None:
        await self._settle(
            run_id,
            status="judged",
            judgement=judgement.model_dump(mode="json"),
            error_code=None,
            error=None,
            **origin.columns(),
        )

    async def failed(self, run_id: UUID, trouble: Trouble, origin: Origin) -> None:
        await self._settle(
            run_id,
            status="failed",
            error_code=trouble.code,
            error=trouble.advice(run_id),
            **origin.columns(),
        )

    async def delayed(self, run_id: UUID, trouble: Trouble, attempts: int) -> None:
        """Says why it takes longer, after so many attempts."""
        await self._settle(
            run_id, error_code=trouble.code, error=trouble.message, attempts=attempts
        )

    async def _settle(self, run_id: UUID, **values: Any) -> None:
        pending = (
            RunJudgement.run_id == run_id,
            RunJudgement.tenant_id == self._unit.tenant_id,
            RunJudgement.status == "pending",
        )
        await self._unit.session.execute(update(RunJudgement).where(*pending).values(**values))

    async def of_session(self, session_id: UUID) -> SessionJudgement | None:
        query = select(SessionJudgement).where(
            SessionJudgement.session_id == session_id,
            SessionJudgement.tenant_id == self._unit.tenant_id,
        )
        return await self._unit.session.scalar(query)

    async def session_judged(
        self,
        session_id: UUID,
        run_ids: Sequence[UUID],
        judgement: OverallJudgement,
        origin: Origin,
    ) -> None:
        """In place of an older one."""
        columns = origin.columns()
        del columns["refusals"]
        values = {
            "tenant_id": self._unit.tenant_id,
            "run_ids": list(run_ids),
            "judgement": judgement.model_dump(mode="json"),
            **columns,
        }
        query = insert(SessionJudgement).values(session_id=session_id, **values)
        await self._unit.session.execute(
            query.on_conflict_do_update(index_elements=["session_id"], set_=values)
        )
