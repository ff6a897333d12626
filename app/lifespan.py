"""Opens and closes what lives as long as the process, in one place, and joins the parts.

The core below knows no database and the slices no settings: what one needs of another is handed
over here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypedDict

import structlog
from starlette.types import ASGIApp

from app import APP_NAME, VERSION
from app.db import Address, Database, EmbeddedServer, Notifications
from app.db import migrate as migrate_schema
from app.gateway import LedgerWriter, ModelStatus
from app.jobs import JobQueue, JobServices, Worker, WorkerOptions, open_app
from app.kit.clock import utc_now
from app.llm import (
    Chains,
    Connection,
    LLMClient,
    ModelRef,
    Task,
    Timeouts,
    build_client,
    find_local,
)
from app.negotiation import (
    DeliveryMarks,
    Feeds,
    Journal,
    Marketplace,
    Reader,
    Retention,
    Rooms,
    RoundLimits,
    Runner,
    SeatFactory,
    Watching,
    tasks,
)
from app.settings import Settings
from app.web import BoundedCheck, EventStreams, Health

log = structlog.get_logger()

_FLUSH_SECONDS = 2.0
_STOP_SECONDS = 4.0
"""For running jobs to end or to be handed over; the worker gives them three."""


class State(TypedDict):
    """What endpoints find in `request.state`."""

    health: Health
    marketplace: Marketplace
    model_status: ModelStatus
    reader: Reader
    rooms: Rooms
    streams: EventStreams
    watching: Watching


@dataclass(frozen=True, slots=True)
class Core:
    """What serving and working both need."""

    database: Database
    notifications: Notifications
    client: LLMClient
    ledger: LedgerWriter
    journal: Journal
    retention: Retention
    jobs: JobQueue
    worker: Worker


@asynccontextmanager
async def owned(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """A background task that lives as long as the block; one that fails is logged, and started
    again after a second, since the service is more than any of its helpers."""
    stopping = False

    async def forever() -> None:
        while not stopping:  # work that fails on its way out swallows the cancellation
            try:
                await work()
            except Exception:
                log.exception("background.failed", task=name)
            await asyncio.sleep(1)

    task = asyncio.create_task(forever(), name=name)
    try:
        yield
    finally:
        stopping = True
        task.cancel()
        await asyncio.wait({task}, timeout=_STOP_SECONDS)
        task.cancel()  # no more time for tidying up: the database may be away
        await asyncio.wait({task}, timeout=_FLUSH_SECONDS)


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
async def _core(settings: Settings) -> AsyncIterator[Core]:
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(_address(settings))
        await asyncio.to_thread(migrate_schema, address)
        database = Database(address, pool_size=settings.database_pool_size)
        stack.push_async_callback(database.aclose)
        notifications = Notifications(address)
        await stack.enter_async_context(owned("notifications", notifications.listen))
        ledger = LedgerWriter(database)
        stack.push_async_callback(ledger.aclose, _FLUSH_SECONDS)
        await stack.enter_async_context(owned("ledger", ledger.run))
        client = await _client(settings, ledger)
        stack.push_async_callback(client.aclose)
        journal = Journal(notifications)
        retention = Retention(database, utc_now, days=settings.market.log_retention_days)
        runner = Runner(database, notifications, journal, SeatFactory(client), utc_now)
        engine = open_app(address.libpq, pool_size=5, tasks={"negotiation": tasks})
        await stack.enter_async_context(engine.open_async())
        options = WorkerOptions(
            concurrency=settings.jobs.concurrency,
            heartbeat_interval=settings.jobs.heartbeat_interval,
            stalled_after=settings.jobs.stalled_after,
        )
        worker = Worker(engine, JobServices(runner, retention), options)
        yield Core(
            database, notifications, client, ledger, journal, retention, JobQueue(engine), worker
        )


async def _client(settings: Settings, ledger: LedgerWriter) -> LLMClient:
    llm = settings.llm
    connections = {
        name: Connection(api_key=connection.api_key, base_url=connection.base_url)
        for name, connection in llm.connections.items()
    }
    timeouts = llm.timeouts
    return build_client(
        await find_local(connections),
        chains=Chains(
            default=tuple(map(ModelRef.parse, llm.chain)),
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
        default_provider=llm.provider,
    )


@asynccontextmanager
async def _state(settings: Settings) -> AsyncIterator[State]:
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(_core(settings))
        marks = DeliveryMarks(core.database)
        stack.push_async_callback(marks.aclose)
        await stack.enter_async_context(owned("marks", marks.run))
        database_check = BoundedCheck(core.database.check)
        status = ModelStatus(core.client, database_check, core.database.address.public)
        await stack.enter_async_context(status)
        if settings.jobs.run_worker:
            await stack.enter_async_context(owned("worker", core.worker.run))
        market = settings.market
        yield State(
            health=Health(
                app_name=APP_NAME,
                version=VERSION,
                database=database_check,
                readiness={"database": database_check},
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
            model_status=status,
            reader=Reader(core.database),
            rooms=Rooms(core.database, core.journal, core.jobs, core.client, utc_now),
            streams=EventStreams(),
            watching=Watching(
                core.database,
                Feeds(core.database, core.notifications),
                marks,
                utc_now,
                heartbeat_seconds=settings.stream.heartbeat_interval,
            ),
        )


def lifespan_of(
    settings: Settings,
) -> Callable[[ASGIApp], AbstractAsyncContextManager[State]]:
    """What an application takes as its `lifespan`."""

    @asynccontextmanager
    async def lifespan(_app: ASGIApp) -> AsyncIterator[State]:
        async with _state(settings) as state:
            yield state

    return lifespan


def run_worker(settings: Settings) -> None:
    """Runs jobs until SIGTERM or SIGINT."""

    async def run() -> None:
        async with _core(settings) as core:
            log.info("worker.ready")
            await core.worker.run()

    asyncio.run(run())
