"""Puts the client together from the values the settings hold."""

import asyncio
import time
from collections.abc import Mapping
from functools import lru_cache, partial

from app.kit.clock import Clock, utc_now
from app.llm.cache.answers import AnswerCache
from app.llm.call import Monotonic
from app.llm.catalogue.catalogue import LiveCatalogue
from app.llm.client import LLMClient
from app.llm.compression.summary import Summariser
from app.llm.layers.attempt import Noted
from app.llm.layers.budget import Budgeted, Budgets, Covered, Unlimited
from app.llm.layers.cache import Cached
from app.llm.layers.compression import Compressed
from app.llm.layers.fitting import Fitting
from app.llm.layers.retry import Retrying, RetryPolicy, Sleep
from app.llm.layers.whole import Whole
from app.llm.ledger import Ledger, NullLedger
from app.llm.messages import Completion, ModelRef, ModelRequest
from app.llm.model import ChatModel
from app.llm.providers.connected import ConnectedProviders
from app.llm.providers.connection import Connection
from app.llm.providers.offline import OfflineProvider
from app.llm.providers.opening import open_providers
from app.llm.routing.beyond import Beyond, Elsewhere
from app.llm.routing.breaker import BehindBreaker, BreakerPolicy
from app.llm.routing.chain import Chains
from app.llm.routing.cooldown import Rested
from app.llm.routing.health import Health
from app.llm.routing.hedging import Hedge
from app.llm.routing.planner import Find, Planned, RoutePlanner
from app.llm.routing.profile import LiveProfiles
from app.llm.routing.profiled import Profiled
from app.llm.routing.router import Router
from app.llm.routing.shortlist import Shortlists
from app.llm.routing.watched import LearningLedger, Reachable
from app.llm.timeouts import Timeouts
from app.llm.tracing import Tracer

_REMEMBERED = 1024
"""Models whose layers are kept: callers choose names freely."""


def build_client(
    connections: Mapping[str, Connection],
    *,
    custom: Mapping[str, Connection] | None = None,
    chains: Chains | None = None,
    timeouts: Timeouts | None = None,
    ledger: Ledger | None = None,
    tracer: Tracer | None = None,
    find: Find | None = None,
    default_provider: str | None = None,
    retry: RetryPolicy | None = None,
    breaker: BreakerPolicy | None = None,
    catalogue: LiveCatalogue | None = None,
    profiles: LiveProfiles | None = None,
    health: Health | None = None,
    hedging: bool = False,
    offline_faults: bool = False,
    window: int | None = None,
    budgets: Budgets | None = None,
    cache: AnswerCache | None = None,
    sleep: Sleep = asyncio.sleep,
    clock: Clock = utc_now,
    monotonic: Monotonic = time.monotonic,
) -> LLMClient:
    """A client over the connections that reach their provider. Nothing is opened before the first
    call. `custom` are servers of one's own. `health` brings its own breakers, else `breaker` is
    their policy. `offline_faults` lets the built-in model fail on purpose. `window` is how many
    tokens a model is taken to hold of which nobody knows it, where a prompt can be made to fit.
    `tracer` gets to see every call. `find` looks for models where none is known. `sleep` and the
    clocks are for tests."""
    timeouts = timeouts or Timeouts()
    opened = open_providers(connections, custom or {}, timeouts)
    built_in = OfflineProvider(tuple(opened), timeouts, faults=offline_faults)
    providers = ConnectedProviders(opened, default_provider, built_in=built_in)
    health = health or Health(breaker, clock=clock, monotonic=monotonic)
    profiles = profiles or LiveProfiles()
    catalogue = catalogue or LiveCatalogue()
    planner = RoutePlanner(Shortlists(providers, catalogue, profiles, chains or Chains()), health)
    elsewhere = Elsewhere(providers, catalogue, profiles)

    @lru_cache(maxsize=_REMEMBERED)
    def attempt(ref: ModelRef, *, whole: bool) -> ChatModel:
        """The layers of one attempt, the innermost first. They keep nothing of a call."""
        model = providers.require(ref.provider).model(ref.model)
        if whole:
            model = Whole(model)
        model = Noted(model, ref)
        model = Covered(model, ref, budgets or Unlimited())
        model = Retrying(model, retry or RetryPolicy(), sleep=sleep)
        model = Fitting(model, ref, window)
        model = BehindBreaker(model, ref, partial(health.breakers.of, ref))
        model = Reachable(model, ref, health)
        return Rested(model, ref, health.cooldowns)

    async def summarise(request: ModelRequest) -> Completion:
        """By a call of its own, through all the layers."""
        return await client.complete(request)

    def route(*, whole: bool) -> ChatModel:
        """The layers around all attempts, the innermost first."""
        one = partial(attempt, whole=whole)
        hedge = Hedge(one, partial(health.late_after, whole=whole)) if hedging else None
        model: ChatModel = Router(one, hedge=hedge, sleep=sleep)
        model = Budgeted(model, budgets or Unlimited(), racing=hedging)
        model = Beyond(model, elsewhere)
        model = Planned(model, planner, find)
        model = Compressed(model, Summariser(summarise))
        if cache is not None:
            model = Cached(model, cache, whole=whole)
        return Profiled(model, profiles)

    client = LLMClient(
        providers,
        live=route(whole=False),
        whole=route(whole=True),
        planner=planner,
        ledger=LearningLedger(ledger or NullLedger(), health),
        tracer=tracer,
        clock=clock,
        monotonic=monotonic,
    )
    return client
