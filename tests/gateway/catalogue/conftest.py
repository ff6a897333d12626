"""The catalogue on a real database, with providers that are fakes on loopback."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from app.db import Database, Notifications
from app.gateway import Benchmark, Browsing, CatalogueFeed, Discovery
from app.llm import Connection, LiveCatalogue, RetryPolicy, build_client, seed
from tests.fakes.openai_wire import FakeOpenAI


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Gateway:
    """One process's side of the catalogue."""

    live: LiveCatalogue
    feed: CatalogueFeed
    discovery: Discovery
    browsing: Browsing
    benchmark: Benchmark
    clock: Clock

    def ids(self, provider: str) -> set[str]:
        """The active ones, in memory."""
        return {
            facts.ref.model
            for facts in self.live.current
            if facts.ref.provider == provider and not facts.retired
        }


OpenGateway = Callable[..., Any]
"""`await open_gateway(openrouter=fake, …)`: with these fakes as the configured providers."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_gateway(database: Database, clock: Clock) -> AsyncIterator[OpenGateway]:
    async with AsyncExitStack() as stack:

        async def opened(*, seeded: bool = False, **upstreams: FakeOpenAI | str) -> Gateway:
            connections = {
                name: Connection(
                    api_key=SecretStr("sk-canary"),
                    base_url=at if isinstance(at, str) else at.base_url,
                )
                for name, at in upstreams.items()
            }
            live = LiveCatalogue()
            client = build_client(connections, catalogue=live, retry=RetryPolicy(retries=0))
            stack.push_async_callback(client.aclose)
            feed = CatalogueFeed(database, Notifications(database.address), live, clock)
            await feed.begin(seed() if seeded else ())
            discovery = Discovery(database, client, feed, clock)
            stack.push_async_callback(discovery.aclose)
            return Gateway(
                live,
                feed,
                discovery,
                Browsing(database),
                Benchmark(database, client, feed, discovery),
                clock,
            )

        yield opened


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake
