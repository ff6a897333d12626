"""The jobs of the catalogue."""

from procrastinate import Blueprint, JobContext

from app.gateway.catalogue.discovery import Discovery
from app.jobs import Resume, services

tasks = Blueprint()


@tasks.periodic(cron="43 * * * *")
@tasks.task(name="discover", retry=Resume(), pass_context=True, queueing_lock="discover_models")
async def discover(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # the engine's
    await services(context).get(Discovery).run()
