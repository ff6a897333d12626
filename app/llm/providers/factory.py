"""Puts the client together from the values the settings hold."""

import asyncio
import time
from collections.abc import Mapping

from app.kit.clock import Clock, utc_now
from app.llm.cache.answers import AnswerCache
from app.llm.call import Monotonic
from app.llm.catalogue.catalogue import LiveCatalogue
from app.llm.client import LLMClient
from app.llm.layers.attempt import Noted
from app.llm.layers.cache import Cached, CacheWanted, wished
from app.llm.layers.retry import Retrying, RetryPolicy, Sleep
from app.llm.layers.whole import Whole
from app.llm.ledger import Ledger, NullLedger
from app.llm.messages import ModelRef
from app.llm.model import ChatModel
from app.llm.providers._openai_wire import OpenAIProvider
from app.llm.providers.connected import ConnectedProviders
from app.llm.providers.connection import Connection
from app.llm.providers.registry import PROVIDERS
from app.llm.routing.breaker import BehindBreaker, BreakerPolicy, Breakers
from app.llm.routing.chain import Chains
from app.llm.routing.planner import ChainPlanner, Planned
from app.llm.routing.router import Router
from app.llm.timeouts import Timeouts


def build_client(
    connections: Mapping[str, Connection],
    *,
    chains: Chains | None = None,
    timeouts: Timeouts | None = None,
    ledger: Ledger | None = None,
    default_provider: str | None = None,
    retry: RetryPolicy | None = None,
    breaker: BreakerPolicy | None = None,
    catalogue: LiveCatalogue | None = None,
    cache: AnswerCache | None = None,
    cache_wanted: CacheWanted = wished,
    sleep: Sleep = asyncio.sleep,
    clock: Clock = utc_now,
    monotonic: Monotonic = time.monotonic,
) -> LLMClient:
    """A client over the connections that reach their provider. Nothing is opened before the first
    call. `sleep` and the clocks are for tests."""
    providers = ConnectedProviders(
        {
            name: OpenAIProvider(row, connections[name], timeouts or Timeouts())
            for name, row in PROVIDERS.items()
            if name in connections and connections[name].reaches(row)
        },
        default_provider,
    )
    breakers = Breakers(breaker or BreakerPolicy(), monotonic)
    planner = ChainPlanner(chains or Chains(), providers.require, catalogue or LiveCatalogue())

    def attempt(ref: ModelRef, *, whole: bool) -> ChatModel:
        """The layers of one attempt, the innermost first."""
        model = providers.require(ref.provider).model(ref.model)
        if whole:
            model = Whole(model)
        model = Noted(model, ref)
        model = Retrying(model, retry or RetryPolicy(), sleep=sleep)
        return BehindBreaker(model, ref, breakers.of(ref))

    def route(*, whole: bool) -> ChatModel:
        """The layers around all attempts, the innermost first."""
        model: ChatModel = Planned(Router(lambda ref: attempt(ref, whole=whole)), planner)
        if cache is not None:
            model = Cached(model, cache, whole=whole, wanted=cache_wanted)
        return model

    return LLMClient(
        providers,
        live=route(whole=False),
        whole=route(whole=True),
        ledger=ledger or NullLedger(),
        clock=clock,
        monotonic=monotonic,
    )
