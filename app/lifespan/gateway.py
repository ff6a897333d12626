"""Opens what a model call goes through: catalogue, profiles, budgets, ledger, traces, client."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app.db import Database, Notifications
from app.gateway import (
    AnswerStore,
    Benchmark,
    CatalogueFeed,
    Discovery,
    LedgerWriter,
    LiveBudgets,
    ModelFinding,
    ModelSpans,
    Prober,
    ProfileFeed,
    Reserving,
    Tracing,
    open_tracing,
)
from app.kit.clock import utc_now
from app.kit.frozen import frozen
from app.kit.owned import owned
from app.lifespan.options import MEGABYTE, chains, connections, timeouts, trace_options
from app.llm import (
    AnswerCache,
    BreakerPolicy,
    Health,
    LiveCatalogue,
    LiveProfiles,
    LLMClient,
    Tracers,
    build_client,
    find_local,
    seed,
)
from app.negotiation import FinishedRuns, RunTelling
from app.settings import Settings
from app.telemetry import Spans

_FLUSH_SECONDS = 2.0
_MOST_ATTEMPTS = 30
"""Of a call: every model of a long chain, each with its retries."""


@frozen
class Gateway:
    answers: AnswerStore
    benchmark: Benchmark
    budgets: LiveBudgets
    catalogue: LiveCatalogue
    client: LLMClient
    discovery: Discovery
    finding: ModelFinding
    health: Health
    ledger: LedgerWriter
    profiles: ProfileFeed
    reserving: Reserving
    tracing: Tracing


@asynccontextmanager
async def open_gateway(
    settings: Settings, database: Database, notifications: Notifications, spans: Spans
) -> AsyncIterator[Gateway]:
    async with AsyncExitStack() as stack:
        ledger = LedgerWriter(database)
        stack.push_async_callback(ledger.aclose, _FLUSH_SECONDS)
        await stack.enter_async_context(owned("ledger", ledger.run))
        budgets = LiveBudgets(database, notifications, utc_now)
        await budgets.load()
        await stack.enter_async_context(owned("budgets", budgets.run))
        answers = AnswerStore(database)
        stack.push_async_callback(answers.aclose)
        await stack.enter_async_context(owned("cached answers", answers.run))
        routing = settings.llm.routing
        cache = AnswerCache(
            ttl=routing.cache_ttl, capacity=routing.cache_mb * MEGABYTE, store=answers
        )
        catalogue = LiveCatalogue()
        feed = CatalogueFeed(database, notifications, catalogue, utc_now)
        await feed.begin(seed())
        await stack.enter_async_context(owned("catalogue", feed.run))
        profiles = ProfileFeed(database, notifications, LiveProfiles(), utc_now)
        await profiles.load()
        await stack.enter_async_context(owned("profiles", profiles.run))
        tracing = await stack.enter_async_context(
            open_tracing(
                trace_options(settings),
                database=database,
                runs=RunTelling(FinishedRuns(database)),
                clock=utc_now,
            )
        )
        health = Health(BreakerPolicy(routing.breaker_failures, routing.breaker_cooldown))
        reserving = Reserving(
            database,
            budgets,
            ledger.hurry,
            utc_now,
            longest=_MOST_ATTEMPTS * settings.llm.timeouts.total,
        )
        known, custom = connections(settings)

        async def find() -> bool:
            """By asking the providers, which takes the client."""
            return await finding.look()

        client = build_client(
            await find_local(known),
            custom=custom,
            chains=chains(settings),
            timeouts=timeouts(settings),
            ledger=ledger,
            budgets=reserving,
            cache=cache,
            catalogue=catalogue,
            profiles=profiles.live,
            health=health,
            hedging=routing.hedging,
            offline_faults=routing.offline_faults,
            window=settings.chat.window,
            default_provider=routing.provider,
            find=find,
            tracer=Tracers.of(ModelSpans(spans) if spans.on else None, tracing.outbox),
        )
        stack.push_async_callback(client.aclose)
        prober = Prober(client.configured(), client.look, health, interval=routing.health_interval)
        await stack.enter_async_context(owned("health", prober.run))
        discovery = Discovery(database, client, feed, utc_now)
        stack.push_async_callback(discovery.aclose)
        finding = ModelFinding(discovery)
        stack.push_async_callback(cache.aclose)
        yield Gateway(
            answers=answers,
            benchmark=Benchmark(database, client, feed, discovery),
            budgets=budgets,
            catalogue=catalogue,
            client=client,
            discovery=discovery,
            finding=finding,
            health=health,
            ledger=ledger,
            profiles=profiles,
            reserving=reserving,
            tracing=tracing,
        )
