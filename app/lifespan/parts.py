"""Opens what serving and working both need."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from procrastinate import App

from app.analysis import Analysis, build_analysis
from app.analysis import tasks as analysis_tasks
from app.chat import Chat, open_chat
from app.chat import tasks as chat_tasks
from app.db import Database, Notifications
from app.gateway import CatchingUp, Scores, Settlement, cache_tasks, catalogue_tasks
from app.jobs import JobQueue, JobServices, Worker, open_app
from app.kit.clock import utc_now
from app.kit.deadline import within
from app.kit.frozen import frozen
from app.kit.owned import owned
from app.lifespan.database import open_database
from app.lifespan.gateway import Gateway, open_gateway
from app.lifespan.options import chat_options, telemetry_options, voice_options, worker_options
from app.llm import LLMClient, ModelRef
from app.negotiation import Aftermaths, Journal, Retention, Runner, SeatFactory
from app.negotiation import tasks as negotiation_tasks
from app.settings import Settings
from app.telemetry import ExporterStatus, Spans, open_telemetry
from app.voice import Voice, open_voice
from app.voice import tasks as voice_tasks
from app.web import meaning_of

_HANDOVER_SECONDS = 4.0
"""For running jobs to end or to be put back; the worker gives them three."""
_CLOSE_SECONDS = 0.5
_ENGINE_CONNECTIONS = 5
_TASKS = {
    "analysis": analysis_tasks,
    "negotiation": negotiation_tasks,
    "cache": cache_tasks,
    "catalogue": catalogue_tasks,
    "chat": chat_tasks,
    "voice": voice_tasks,
}


@frozen
class Parts:
    """All that runs whether it serves or not. `working` does the jobs."""

    exporters: Mapping[str, ExporterStatus]
    database: Database
    notifications: Notifications
    gateway: Gateway
    voice: Voice
    analysis: Analysis
    chat: Chat
    journal: Journal
    retention: Retention
    jobs: JobQueue
    worker: Worker


@asynccontextmanager
async def open_parts(settings: Settings, spans: Spans) -> AsyncIterator[Parts]:
    async with AsyncExitStack() as stack:
        exporters = await stack.enter_async_context(
            open_telemetry(telemetry_options(settings), spans, meaning_of)
        )
        database = await stack.enter_async_context(open_database(settings))
        notifications = Notifications(database.address)
        await stack.enter_async_context(owned("notifications", notifications.listen))
        gateway = await stack.enter_async_context(
            open_gateway(settings, database, notifications, spans)
        )
        voice = await stack.enter_async_context(
            open_voice(
                voice_options(settings),
                database=database,
                ledger=gateway.ledger,
                budgets=gateway.reserving,
                clock=utc_now,
            )
        )
        engine = await stack.enter_async_context(_engine(database))
        queue = JobQueue(engine)
        analysis = _analysis(settings, database, gateway.client, queue)
        aftermaths = Aftermaths(analysis.judging, gateway.tracing.endings)
        journal = Journal(notifications, aftermaths)
        runner = Runner(database, notifications, journal, SeatFactory(gateway.client), utc_now)
        retention = Retention(database, utc_now, days=settings.market.log_retention_days)
        chat = await stack.enter_async_context(
            open_chat(
                chat_options(settings),
                database=database,
                notifications=notifications,
                client=gateway.client,
                find=gateway.finding.look,
                jobs=queue,
                voice=voice,
                clock=utc_now,
            )
        )
        work = JobServices(
            runner, retention, gateway.answers, gateway.discovery, chat, voice, analysis
        )
        yield Parts(
            exporters={**exporters, "galileo": gateway.tracing},
            database=database,
            notifications=notifications,
            gateway=gateway,
            voice=voice,
            analysis=analysis,
            chat=chat,
            journal=journal,
            retention=retention,
            jobs=queue,
            worker=Worker(
                engine, work, worker_options(settings), spans=spans, meaning_of=meaning_of
            ),
        )


@asynccontextmanager
async def working(parts: Parts) -> AsyncIterator[None]:
    """Jobs are done for as long as the block lasts, and costs that come late are asked for; so are
    the models, where that wasn't done lately."""
    async with AsyncExitStack() as stack:
        client, discovery = parts.gateway.client, parts.gateway.discovery
        if discovery.providers:
            catching_up = CatchingUp(parts.database, discovery, utc_now)
            await stack.enter_async_context(owned("catching up", catching_up.run))
        if client.settles:
            settlement = Settlement(parts.database, client.settled, utc_now)
            await stack.enter_async_context(owned("settlement", settlement.run))
        await stack.enter_async_context(owned("worker", parts.worker.run, grace=_HANDOVER_SECONDS))
        yield


def _analysis(
    settings: Settings, database: Database, client: LLMClient, queue: JobQueue
) -> Analysis:
    return build_analysis(
        database,
        client,
        queue,
        utc_now,
        judges=settings.analysis.judge == "auto",
        chain=[ModelRef.parse(model) for model in settings.llm.chains.get("analysis", ())],
        scores=Scores(database),
    )


@asynccontextmanager
async def _engine(database: Database) -> AsyncIterator[App]:
    """Closed without waiting for connections that are still being made."""
    engine = open_app(database.address.libpq, pool_size=_ENGINE_CONNECTIONS, tasks=_TASKS)
    await engine.open_async(await database.pool())
    try:
        yield engine
    finally:
        with suppress(TimeoutError):
            await within(_CLOSE_SECONDS, engine.close_async())
