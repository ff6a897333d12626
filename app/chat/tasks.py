"""The jobs of chat. Each takes what it works with from `services(context).get(Chat)`."""

from uuid import UUID

from procrastinate import Blueprint, JobContext

from app.chat.opening import Chat
from app.jobs import Resume, services

tasks = Blueprint()


@tasks.periodic(cron="41 * * * *")
@tasks.task(name="fold", retry=Resume(), pass_context=True, queueing_lock="fold_generations")
async def fold(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # the engine's
    """Removes the events of answers that ended long ago."""
    await services(context).get(Chat).folding.fold()


@tasks.task(name="title", retry=Resume(), pass_context=True)
async def title(context: JobContext, tenant_id: str, conversation_id: str, message_id: str) -> None:
    """Has a model name a conversation."""
    titles = services(context).get(Chat).titles
    await titles.improve(tenant_id, UUID(conversation_id), UUID(message_id))
