"""What endpoints find in `request.state`, opened for as long as the process serves."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypedDict

from starlette.types import ASGIApp

from app import APP_NAME, VERSION
from app.accounts import Tenants
from app.analysis import Analysis
from app.chat import Chat
from app.compat import AiSdkDoor, OpenAIDoor
from app.db import Database
from app.gateway import (
    Accounts,
    Benchmark,
    Browsing,
    BudgetBook,
    CallReader,
    Discovery,
    ModelStatus,
    Overview,
    ProfileBook,
    Scores,
)
from app.insights import Performance
from app.kit.clock import utc_now
from app.kit.owned import owned
from app.lifespan.parts import Parts, open_parts, working
from app.negotiation import (
    DeliveryMarks,
    Feeds,
    Marketplace,
    Reader,
    RoomMessages,
    Rooms,
    RoundLimits,
    Watching,
)
from app.settings import Settings
from app.telemetry import ExporterStatus, Spans
from app.voice import Everywhere, Voice
from app.web import BoundedCheck, EventStreams, Health


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


@asynccontextmanager
async def open_state(settings: Settings, spans: Spans) -> AsyncIterator[State]:
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_parts(settings, spans))
        gateway, database, chat, voice = parts.gateway, parts.database, parts.chat, parts.voice
        marks = DeliveryMarks(database)
        stack.push_async_callback(marks.aclose)
        await stack.enter_async_context(owned("marks", marks.run))
        check = BoundedCheck(database.check)
        status = ModelStatus(gateway.client, check, database.address.public)
        await stack.enter_async_context(status)
        accounts = Accounts(gateway.client)
        stack.push_async_callback(accounts.aclose)
        if settings.jobs.run_worker:
            await stack.enter_async_context(working(parts))
        tenants = Tenants(database, utc_now)
        silence = settings.stream.heartbeat_interval
        streams = EventStreams(silence=silence)
        yield State(
            accounts=accounts,
            analysis=parts.analysis,
            ai_sdk=AiSdkDoor(database, chat),
            benchmark=gateway.benchmark,
            budgets=BudgetBook(database, gateway.budgets, utc_now),
            calls=CallReader(database, gateway.ledger),
            chat=chat,
            discovery=gateway.discovery,
            exporters=parts.exporters,
            health=_health(database, check, status),
            marketplace=_marketplace(settings, parts),
            model_health=Overview(gateway.health, gateway.client.configured()),
            model_status=status,
            models=Browsing(database),
            openai=OpenAIDoor(
                gateway.client,
                tenants,
                streams,
                gateway.catalogue,
                silence=silence,
                profiles=gateway.profiles.live.names,
            ),
            performance=Performance(database, utc_now, hurry=gateway.ledger.hurry),
            profiles=ProfileBook(database, gateway.profiles, utc_now),
            reader=Reader(database, parts.analysis.summaries),
            rooms=Rooms(database, parts.journal, parts.jobs, gateway.client, utc_now),
            spoken_messages=Everywhere(
                [RoomMessages(database, voice.casting), chat.speech.messages]
            ),
            scores=Scores(database),
            streams=streams,
            tenants=tenants,
            voice=voice,
            watching=Watching(
                database,
                Feeds(database, parts.notifications),
                marks,
                utc_now,
                heartbeat_seconds=silence,
            ),
        )


def _health(database: Database, check: BoundedCheck, status: ModelStatus) -> Health:
    return Health(
        app_name=APP_NAME,
        version=VERSION,
        database=check,
        readiness={"database": check, "schema": BoundedCheck(database.check_schema)},
        models=status.health,
    )


def _marketplace(settings: Settings, parts: Parts) -> Marketplace:
    market = settings.market
    limits = RoundLimits(market.min_rounds, market.max_rounds, market.timeout_minutes * 60)
    return Marketplace(
        parts.database,
        parts.journal,
        parts.gateway.client,
        parts.retention,
        utc_now,
        limits=limits,
    )


def lifespan_of(
    settings: Settings, spans: Spans | None = None
) -> Callable[[ASGIApp], AbstractAsyncContextManager[State]]:
    """What an application takes as its `lifespan`. `spans` are joined to who takes them."""

    @asynccontextmanager
    async def lifespan(_app: ASGIApp) -> AsyncIterator[State]:
        async with open_state(settings, spans or Spans()) as state:
            yield state

    return lifespan
