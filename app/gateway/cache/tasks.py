"""The jobs of the cache."""

from procrastinate import Blueprint, JobContext

from app.gateway.cache.store import AnswerStore
from app.jobs import Resume, services

tasks = Blueprint()


@tasks.periodic(cron="29 * * * *")
@tasks.task(name="expire", retry=Resume(), pass_context=True, queueing_lock="expire_cached_answers")
async def expire(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # the engine's
    await services(context).get(AnswerStore).expire()
