"""The jobs of the market."""

from uuid import UUID

import structlog
from procrastinate import Blueprint, JobContext

from app.jobs import Resume, services
from app.negotiation.retention import Retention
from app.negotiation.runs.runner import Runner

tasks = Blueprint()

RUN_TASK = "negotiation:run"


@tasks.task(name="run", retry=Resume(), pass_context=True)
async def run(context: JobContext, tenant_id: str, run_id: str) -> None:
    with structlog.contextvars.bound_contextvars(run_id=run_id):
        await services(context).get(Runner).run(UUID(run_id), tenant_id)


@tasks.periodic(cron="17 * * * *")
@tasks.task(name="expire_logs", retry=Resume(), pass_context=True, queueing_lock="expire_logs")
async def expire_logs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # the engine's
    await services(context).get(Retention).expire()
