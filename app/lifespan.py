"""Opens and closes what lives as long as the process, in one place, and joins the parts.

The core below knows no database and the slices no settings: what one needs of another is handed
over here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import TypedDict

import structlog
from procrastinate import App
from starlette.types import ASGIApp

from app import APP_NAME, VERSION
from app.accounts import Tenants
from app.analysis import Analysis, build_analysis
from app.analysis import tasks as analysis_tasks
from app.chat import Chat, ChatOptions, open_chat
from app.chat import tasks as chat_tasks
from app.compat import AiSdkDoor, OpenAIDoor
from app.db import Address, Database, EmbeddedServer, Notifications, ensure_schema
from app.db import migrate as migrate_schema
from app.gateway import (
    Accounts,
    AnswerStore,
    Benchmark,
    BenchmarkPlan,
    BenchmarkReport,
    Browsing,
    BudgetBook,
    CallReader,
    CatalogueFeed,
    Discovery,
    DiscoveryReport,
    LedgerWriter,
    LiveBudgets,
    ModelSpans,
    ModelStatus,
    Overview,
    Prober,
    ProfileBook,
    ProfileFeed,
    Progress,
    Reserving,
    Scores,
    Settlement,
    TraceOptions,
    cache_tasks,
    catalogue_tasks,
    open_tracing,
)
from app.insights import Performance
from app.jobs import JobQueue, JobServices, Worker, WorkerOptions, open_app
from app.kit import garbage
from app.kit.clock import utc_now
from app.kit.deadline import within
from app.kit.frozen import frozen
from app.kit.owned import owned
from app.llm import (
    AnswerCache,
    BreakerPolicy,
    Chains,
    Connection,
    LiveCatalogue,
    LiveProfiles,
    LLMClient,
    ModelRef,
    Task,
    Timeouts,
    Tracer,
    Tracers,
    build_client,
    find_local,
    seed,
)
from app.llm import (
    Health as ModelHealth,
)
from app.negotiation import (
    Aftermaths,
    DeliveryMarks,
    Feeds,
    FinishedRuns,
    Journal,
    Marketplace,
    Reader,
    Retention,
    RoomMessages,
    Rooms,
    RoundLimits,
    Runner,
    RunTelling,
    SeatFactory,
    Watching,
    tasks,
)
from app.settings import Settings
from app.telemetry import (
    ExporterStatus,
    GalileoOptions,
    OtelOptions,
    SentryOptions,
    Spans,
    TelemetryOptions,
    open_telemetry,
)
from app.voice import Bucket, Everywhere, Voice, VoiceOptions, open_voice
from app.voice import tasks as voice_tasks
from app.web import BoundedCheck, EventStreams, Health, meaning_of

log = structlog.get_logger()

_FLUSH_SECONDS = 2.0
_HANDOVER_SECONDS = 4.0
"""For running jobs to end or to be put back; the worker gives them three."""
_CLOSE_SECONDS = 0.5
_MEGABYTE = 1024 * 1024
_MOST_ATTEMPTS = 30
"""Of a call: every model of a long chain, each with its retries."""


class State(TypedDict):
    """What endpoints find in `request.state`."""

    accounts: Accounts
    ai_sdk: AiSdkDoor
    analysis: Analysis
    benchmark: Benchmark
    budgets: BudgetBook
    calls: CallReader
    chat: Chat
    discovery: Discovery
    exporters: Mapping[str, ExporterStatus]
    health: Health
    marketplace: Marketplace
    model_health: Overview
    model_status: ModelStatus
    models: Browsing
    openai: OpenAIDoor
    performance: Performance
    profiles: ProfileBook
    reader: Reader
    rooms: Rooms
    scores: Scores
    spoken_messages: Everywhere
    streams: EventStreams
    tenants: Tenants
    voice: Voice
    watching: Watching


@frozen
class Core:
    """What serving and working both need."""

    exporters: Mapping[str, ExporterStatus]
    database: Database
    notifications: Notifications
    analysis: Analysis
    chat: Chat
    budgets: BudgetBook
    benchmark: Benchmark
    catalogue: LiveCatalogue
    client: LLMClient
    health: ModelHealth
    profiles: ProfileFeed
    discovery: Discovery
    ledger: LedgerWriter
    journal: Journal
    retention: Retention
    settlement: Settlement
    voice: Voice
    jobs: JobQueue
    worker: Worker


@asynccontextmanager
async def _address(settings: Settings) -> AsyncIterator[Address]:
    """The database's address; of the embedded server, which is started, when none is set."""
    if settings.database_url is not None:
        yield Address.of(settings.database_url.get_secret_value())
        return
    server = EmbeddedServer(settings.data_dir)
    address = await asyncio.to_thread(server.start)
    try:
        yield address
    finally:
        await asyncio.to_thread(server.stop)


def migrate(settings: Settings) -> tuple[str | None, str]:
    """Brings the schema up to date; returns the revision before and after."""

    async def run() -> tuple[str | None, str]:
        async with _address(settings) as address:
            return await asyncio.to_thread(migrate_schema, address)

    return asyncio.run(run())


@asynccontextmanager
async def _core(settings: Settings, spans: Spans) -> AsyncIterator[Core]:
    async with AsyncExitStack() as stack:
        exporters = await stack.enter_async_context(
            open_telemetry(_telemetry(settings), spans, meaning_of)
        )
        address = await stack.enter_async_context(_address(settings))
        await asyncio.to_thread(ensure_schema, address)
        database = Database(address, pool_size=settings.database_pool_size)
        stack.push_async_callback(database.aclose)
        notifications = Notifications(address)
        await stack.enter_async_context(owned("notifications", notifications.listen))
        ledger = LedgerWriter(database)
        stack.push_async_callback(ledger.aclose, _FLUSH_SECONDS)
        await stack.enter_async_context(owned("ledger", ledger.run))
        budgets = LiveBudgets(database, notifications, utc_now)
        await budgets.load()
        await stack.enter_async_context(owned("budgets", budgets.run))
        answers = AnswerStore(database)
        stack.push_async_callback(answers.aclose)
        await stack.enter_async_context(owned("cached answers", answers.run))
        llm = settings.llm.routing
        cache = AnswerCache(ttl=llm.cache_ttl, capacity=llm.cache_mb * _MEGABYTE, store=answers)
        catalogue = LiveCatalogue()
        feed = CatalogueFeed(database, notifications, catalogue, utc_now)
        await feed.begin(seed())
        await stack.enter_async_context(owned("catalogue", feed.run))
        profiles = ProfileFeed(database, notifications, LiveProfiles(), utc_now)
        await profiles.load()
        await stack.enter_async_context(owned("profiles", profiles.run))
        tracing = await stack.enter_async_context(
            open_tracing(
                _trace_options(settings),
                database=database,
                runs=RunTelling(FinishedRuns(database)),
                clock=utc_now,
            )
        )
        health = ModelHealth(BreakerPolicy(llm.breaker_failures, llm.breaker_cooldown))
        reserving = Reserving(
            database,
            budgets,
            ledger.hurry,
            utc_now,
            longest=_MOST_ATTEMPTS * settings.llm.timeouts.total,
        )
        voice = await stack.enter_async_context(
            open_voice(
                _voice_options(settings),
                database=database,
                ledger=ledger,
                budgets=reserving,
                clock=utc_now,
            )
        )
        client = await _client(
            settings,
            ledger,
            reserving,
            cache,
            catalogue,
            profiles=profiles.live,
            health=health,
            tracer=Tracers.of(ModelSpans(spans) if spans.on else None, tracing.outbox),
        )
        stack.push_async_callback(client.aclose)
        prober = Prober(client.configured(), client.look, health, interval=llm.health_interval)
        await stack.enter_async_context(owned("health", prober.run))
        discovery = Discovery(database, client, feed, utc_now)
        stack.push_async_callback(discovery.aclose)
        benchmark = Benchmark(database, client, feed, discovery)
        stack.push_async_callback(cache.aclose)
        retention = Retention(database, utc_now, days=settings.market.log_retention_days)
        engine = open_app(
            address.libpq,
            pool_size=5,
            tasks={
                "analysis": analysis_tasks,
                "negotiation": tasks,
                "cache": cache_tasks,
                "catalogue": catalogue_tasks,
                "chat": chat_tasks,
                "voice": voice_tasks,
            },
        )
        await engine.open_async(await database.pool())
        stack.push_async_callback(_closed, engine)
        queue = JobQueue(engine)
        analysis = build_analysis(
            database,
            client,
            queue,
            utc_now,
            judges=settings.analysis.judge == "auto",
            chain=[ModelRef.parse(model) for model in settings.llm.chains.get("analysis", ())],
            scores=Scores(database),
        )
        journal = Journal(notifications, Aftermaths(analysis.judging, tracing.endings))
        runner = Runner(database, notifications, journal, SeatFactory(client), utc_now)
        chat = await stack.enter_async_context(
            open_chat(
                _chat_options(settings),
                database=database,
                notifications=notifications,
                client=client,
                discover=discovery.run,
                jobs=queue,
                voice=voice,
                clock=utc_now,
            )
        )
        work = JobServices(runner, retention, answers, discovery, chat, voice, analysis)
        worker = Worker(engine, work, _worker_options(settings), spans=spans, meaning_of=meaning_of)
        yield Core(
            {**exporters, "galileo": tracing},
            database,
            notifications,
            analysis,
            chat,
            BudgetBook(database, budgets, utc_now),
            benchmark,
            catalogue,
            client,
            health,
            profiles,
            discovery,
            ledger,
            journal,
            retention,
            Settlement(database, client.settled, utc_now),
            voice,
            queue,
            worker,
        )


@asynccontextmanager
async def _working(core: Core) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        if core.client.settles:
            await stack.enter_async_context(owned("settlement", core.settlement.run))
        await stack.enter_async_context(owned("worker", core.worker.run, grace=_HANDOVER_SECONDS))
        yield


def _worker_options(settings: Settings) -> WorkerOptions:
    return WorkerOptions(
        concurrency=settings.jobs.concurrency,
        heartbeat_interval=settings.jobs.heartbeat_interval,
        stalled_after=settings.jobs.stalled_after,
    )


def _telemetry(settings: Settings) -> TelemetryOptions:
    sentry, otel = settings.telemetry.sentry, settings.telemetry.otel
    reports = spans = None
    if sentry.dsn is not None:
        reports = SentryOptions(
            sentry.dsn, VERSION, sentry.environment, share=sentry.traces_sample_rate
        )
    if otel.exporter_otlp_endpoint is not None:
        spans = OtelOptions(
            otel.exporter_otlp_endpoint,
            otel.exporter_otlp_headers,
            otel.service_name,
            VERSION,
            share=otel.traces_sampler_arg,
        )
    return TelemetryOptions(reports, spans)


def _trace_options(settings: Settings) -> TraceOptions:
    given = settings.telemetry.galileo
    if given.api_key is None:
        return TraceOptions(None)
    galileo = GalileoOptions(
        given.api_key, given.api_url, given.project, given.log_stream, given.scorers
    )
    return TraceOptions(galileo, sample_rate=given.sample_rate, redact_limits=given.redact_limits)


def _chat_options(settings: Settings) -> ChatOptions:
    chat, jobs = settings.chat, settings.jobs
    return ChatOptions(
        recent_exchanges=chat.recent_exchanges,
        recent_tokens=chat.recent_tokens,
        window=chat.window,
        events_hours=chat.events_hours,
        embeddings=chat.embeddings,
        heartbeat_interval=jobs.heartbeat_interval,
        stalled_after=jobs.stalled_after,
    )


def _voice_options(settings: Settings) -> VoiceOptions:
    voice, vendor = settings.voice, settings.elevenlabs
    return VoiceOptions(
        api_key=vendor.api_key,
        base_url=vendor.base_url,
        model=voice.model,
        transcription_model=voice.transcription_model,
        text_limit=voice.text_limit,
        upload_limit_bytes=voice.upload_limit_bytes,
        first_audio_timeout=voice.first_audio_timeout,
        usd_per_1000_characters=voice.usd_per_1000_characters,
        usd_per_hour=voice.usd_per_hour,
        cache_bytes=voice.cache_mb * _MEGABYTE,
        folder=settings.data_dir / "voice",
        bucket=None
        if voice.storage is None
        else Bucket(
            voice.storage,
            voice.s3_endpoint,
            voice.s3_region,
            voice.s3_access_key_id,
            voice.s3_secret_access_key,
        ),
    )


async def _closed(engine: App) -> None:
    """Without waiting for connections that are still being made."""
    with suppress(TimeoutError):
        await within(_CLOSE_SECONDS, engine.close_async())


async def _client(
    settings: Settings,
    ledger: LedgerWriter,
    budgets: Reserving,
    cache: AnswerCache,
    catalogue: LiveCatalogue,
    *,
    profiles: LiveProfiles,
    health: ModelHealth,
    tracer: Tracer | None,
) -> LLMClient:
    llm = settings.llm
    connections, custom = (
        {
            name: Connection(api_key=connection.api_key, base_url=connection.base_url)
            for name, connection in given.items()
        }
        for given in (llm.connections, llm.custom)
    )
    timeouts = llm.timeouts
    return build_client(
        await find_local(connections),
        custom=custom,
        chains=Chains(
            default=tuple(map(ModelRef.parse, llm.routing.chain)),
            by_task={
                Task(task): tuple(map(ModelRef.parse, chain)) for task, chain in llm.chains.items()
            },
        ),
        timeouts=Timeouts(
            connect=timeouts.connect,
            first_token=timeouts.first_token,
            idle=timeouts.idle,
            total=timeouts.total,
        ),
        ledger=ledger,
        budgets=budgets,
        cache=cache,
        catalogue=catalogue,
        profiles=profiles,
        health=health,
        hedging=llm.routing.hedging,
        offline_faults=llm.routing.offline_faults,
        window=settings.chat.window,
        default_provider=llm.routing.provider,
        tracer=tracer,
    )


@asynccontextmanager
async def _state(settings: Settings, spans: Spans) -> AsyncIterator[State]:
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(_core(settings, spans))
        marks = DeliveryMarks(core.database)
        stack.push_async_callback(marks.aclose)
        await stack.enter_async_context(owned("marks", marks.run))
        database_check = BoundedCheck(core.database.check)
        status = ModelStatus(core.client, database_check, core.database.address.public)
        await stack.enter_async_context(status)
        accounts = Accounts(core.client)
        stack.push_async_callback(accounts.aclose)
        if settings.jobs.run_worker:
            await stack.enter_async_context(_working(core))
        market = settings.market
        tenants = Tenants(core.database, utc_now)
        streams = EventStreams(silence=settings.stream.heartbeat_interval)
        yield State(
            accounts=accounts,
            analysis=core.analysis,
            ai_sdk=AiSdkDoor(core.database, core.chat),
            benchmark=core.benchmark,
            budgets=core.budgets,
            calls=CallReader(core.database, core.ledger),
            chat=core.chat,
            discovery=core.discovery,
            exporters=core.exporters,
            health=Health(
                app_name=APP_NAME,
                version=VERSION,
                database=database_check,
                readiness={
                    "database": database_check,
                    "schema": BoundedCheck(core.database.check_schema),
                },
                models=status.health,
            ),
            marketplace=Marketplace(
                core.database,
                core.journal,
                core.client,
                core.retention,
                utc_now,
                limits=RoundLimits(
                    market.min_rounds, market.max_rounds, market.timeout_minutes * 60
                ),
            ),
            model_health=Overview(core.health, core.client.configured()),
            model_status=status,
            models=Browsing(core.database),
            openai=OpenAIDoor(
                core.client,
                tenants,
                streams,
                core.catalogue,
                silence=settings.stream.heartbeat_interval,
                profiles=core.profiles.live.names,
            ),
            performance=Performance(core.database, utc_now, hurry=core.ledger.hurry),
            profiles=ProfileBook(core.database, core.profiles, utc_now),
            reader=Reader(core.database, core.analysis.summaries),
            rooms=Rooms(core.database, core.journal, core.jobs, core.client, utc_now),
            spoken_messages=Everywhere(
                [RoomMessages(core.database, core.voice.casting), core.chat.speech.messages]
            ),
            scores=Scores(core.database),
            streams=streams,
            tenants=tenants,
            voice=core.voice,
            watching=Watching(
                core.database,
                Feeds(core.database, core.notifications),
                marks,
                utc_now,
                heartbeat_seconds=settings.stream.heartbeat_interval,
            ),
        )


def lifespan_of(
    settings: Settings, spans: Spans | None = None
) -> Callable[[ASGIApp], AbstractAsyncContextManager[State]]:
    """What an application takes as its `lifespan`. `spans` are joined to who takes them."""

    @asynccontextmanager
    async def lifespan(_app: ASGIApp) -> AsyncIterator[State]:
        async with _state(settings, spans or Spans()) as state:
            yield state

    return lifespan


def run_worker(settings: Settings) -> None:
    """Runs jobs until SIGTERM or SIGINT."""

    async def run() -> None:
        async with _core(settings, Spans()) as core, _working(core):
            garbage.settle()
            log.info("worker.ready")
            await asyncio.Event().wait()

    asyncio.run(run())


def discover(settings: Settings, progress: Progress) -> DiscoveryReport:
    """Asks all providers once."""

    async def run() -> DiscoveryReport:
        async with _core(settings, Spans()) as core:
            return await core.discovery.run(progress)

    return asyncio.run(run())


def benchmark(settings: Settings, plan: BenchmarkPlan, progress: Progress) -> BenchmarkReport:
    """Puts models to the exercises once."""

    async def run() -> BenchmarkReport:
        async with _core(settings, Spans()) as core:
            return await core.benchmark.run(plan, progress)

    return asyncio.run(run())
