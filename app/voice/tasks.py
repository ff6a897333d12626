"""The jobs of speech."""

from procrastinate import Blueprint, JobContext

from app.jobs import Resume, services
from app.voice.opening import Voice

tasks = Blueprint()


@tasks.periodic(cron="23 * * * *")
@tasks.task(name="evict", retry=Resume(), pass_context=True, queueing_lock="evict_voice_clips")
async def evict(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # the engine's
    """Removes the speech that was heard longest ago beyond the bound, and what lies astray."""
    voice = services(context).get(Voice)
    if voice.options.api_key is not None:
        await voice.clips.housekeeping.tidy()
