"""Looking for models that somebody misses."""

import asyncio

from app.db import Address, Database, Notifications
from app.gateway import CatalogueFeed, Discovery, ModelFinding
from app.kit.clock import utc_now
from app.llm import Connection, LiveCatalogue, build_client
from tests.fakes.gate import Gate
from tests.fakes.openai_wire import FakeOpenAI
from tests.gateway.catalogue.conftest import Gateway, OpenGateway


async def test_all_who_miss_one_at_once_share_a_look(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    gateway: Gateway = await open_gateway(groq=upstream)
    finding = ModelFinding(gateway.discovery)
    assert await asyncio.gather(*(finding.look() for _ in range(20))) == [True] * 20
    assert gateway.ids("groq") == {"fake-small", "fake-large"}
    assert len(upstream.requests) == 1


async def test_a_discovery_that_is_under_way_is_waited_for(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    gateway: Gateway = await open_gateway(groq=upstream)
    upstream.before_listing = gate = Gate()
    running = asyncio.create_task(gateway.discovery.run())
    await gate.reached()
    looking = asyncio.create_task(ModelFinding(gateway.discovery).look())
    gate.open()
    assert await looking
    await running
    assert len(upstream.requests) == 1


async def test_soon_after_nobody_is_asked_again(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    gateway: Gateway = await open_gateway(groq=upstream)
    finding = ModelFinding(gateway.discovery)
    assert [await finding.look() for _ in range(3)] == [True, False, False]
    assert len(upstream.requests) == 1


async def test_without_a_provider_there_is_nobody_to_ask(open_gateway: OpenGateway) -> None:
    gateway: Gateway = await open_gateway()
    assert not await ModelFinding(gateway.discovery).look()


async def test_without_a_database_nothing_is_found(upstream: FakeOpenAI) -> None:
    away = Database(Address("postgresql://nobody@127.0.0.1:9/nowhere"))
    client = build_client({"groq": Connection(base_url=upstream.base_url)})
    feed = CatalogueFeed(away, Notifications(away.address), LiveCatalogue(), utc_now)
    discovery = Discovery(away, client, feed, utc_now)
    assert not await ModelFinding(discovery).look()
    assert not upstream.requests
    await discovery.aclose()
    await client.aclose()
    await away.aclose()
