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


@tasks.task(name="remember", retry=Resume(), pass_context=True)
async def remember(context: JobContext, tenant_id: str, message_id: str) -> None:
    """Remembers what was told before an answer, and sums up as below: one job costs less than
    two."""
    memory = services(context).get(Chat).memory
    await memory.extraction.run(tenant_id, UUID(message_id))
    await memory.summaries.run(tenant_id, UUID(message_id))


@tasks.task(name="summarise", retry=Resume(), pass_context=True)
async def summarise(context: JobContext, tenant_id: str, message_id: str) -> None:
    """Sums up what lies before the newest exchanges."""
    await services(context).get(Chat).memory.summaries.run(tenant_id, UUID(message_id))


@tasks.task(name="embed", retry=Resume(), pass_context=True)
async def embed(context: JobContext, tenant_id: str) -> None:
    """Has memories found by their meaning."""
    await services(context).get(Chat).memory.backfill.fill(tenant_id)


@tasks.periodic(cron="53 * * * *")
@tasks.task(name="embed_rest", retry=Resume(), pass_context=True, queueing_lock="embed_memories")
async def embed_rest(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # the engine's
    """The same for memories that came when no vectors were to be had."""
    await services(context).get(Chat).memory.backfill.fill_all()
