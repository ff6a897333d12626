"""The catalogue follows what providers list."""

import asyncio
from decimal import Decimal
from typing import Any

from app.gateway.catalogue.browsing import Status, Wanted
from app.llm import ModelRef, Prices
from tests.fakes.gate import Gate
from tests.fakes.openai_wire import FakeOpenAI
from tests.gateway.catalogue.conftest import Gateway, OpenGateway

NOBODY = "http://127.0.0.1:9"


def row(model: str, prompt: str = "0.000001", completion: str = "0.000002", **more: Any) -> Any:
    """As OpenRouter lists it."""
    pricing = {"prompt": prompt, "completion": completion}
    return {"id": model, "name": model.title(), "pricing": pricing, "context_length": 8192, **more}


def lists(upstream: FakeOpenAI, *rows: Any) -> None:
    upstream.models_payload = {"data": list(rows)}


async def test_what_is_listed_is_found(open_gateway: OpenGateway, upstream: FakeOpenAI) -> None:
    lists(upstream, row("a/one"), row("a/two:free", "0", "0"))
    gateway: Gateway = await open_gateway(openrouter=upstream)
    report = await gateway.discovery.run()
    assert (report.totals.total_models, report.totals.free_models) == (2, 1)
    assert (report.totals.providers, report.totals.benchmarked) == (1, 0)
    (outcome,) = report.outcomes
    assert (outcome.listed, outcome.added, outcome.error) == (2, 2, None)
    facts = gateway.live.current.find(ModelRef("openrouter", "a/one"))
    assert facts is not None
    assert facts.prices == Prices(Decimal("0.000001"), Decimal("0.000002"))
    assert (facts.source, facts.context_length, facts.free) == ("discovery", 8192, False)


async def test_a_vanished_model_is_retired_and_one_that_returns_is_active_again(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    gateway: Gateway = await open_gateway(openrouter=upstream)
    lists(upstream, row("a/one"), row("a/two"))
    await gateway.discovery.run()
    gateway.clock.move(hours=1)
    lists(upstream, row("a/one"))
    (gone,) = (await gateway.discovery.run()).outcomes
    assert (gone.retired, gone.added) == (1, 0)
    assert gateway.ids("openrouter") == {"a/one"}
    shown = await gateway.browsing.show("a/two")
    assert shown.model.row.retired_at == gateway.clock.now
    assert shown.model.row.first_seen < gateway.clock.now
    lists(upstream, row("a/one"), row("a/two"))
    (back,) = (await gateway.discovery.run()).outcomes
    assert (back.returned, back.added, back.retired) == (1, 0, 0)
    assert gateway.ids("openrouter") == {"a/one", "a/two"}


async def test_a_failed_or_empty_listing_retires_nothing(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    gateway: Gateway = await open_gateway(openrouter=upstream)
    lists(upstream, row("a/one"))
    await gateway.discovery.run()
    payloads: list[Any] = [
        {"data": []},
        {"data": [{"name": None}, 7]},
        {"error": {"message": "no"}},
        [],
    ]
    for payload in payloads:
        upstream.models_payload = payload
        report = await gateway.discovery.run()
        if payload:  # an empty payload stands for the fake's own list
            assert report.failed, payload
            assert gateway.ids("openrouter") == {"a/one"}


async def test_one_provider_away_costs_the_others_nothing(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    gateway: Gateway = await open_gateway(openrouter=NOBODY, groq=upstream)
    report = await gateway.discovery.run()
    assert not report.failed
    told = {outcome.provider: outcome for outcome in report.outcomes}
    assert told["openrouter"].error is not None
    assert "OpenRouter" in told["openrouter"].error
    assert told["groq"].listed == 2
    assert gateway.ids("groq") == {"fake-small", "fake-large"}


async def test_prices_have_a_history(open_gateway: OpenGateway, upstream: FakeOpenAI) -> None:
    gateway: Gateway = await open_gateway(openrouter=upstream)
    for prompt in ("0.000001", "0.000001", "0.0000005", "-1"):
        lists(upstream, row("a/one", prompt))
        await gateway.discovery.run()
        gateway.clock.move(hours=1)
    history = (await gateway.browsing.show("a/one")).prices
    assert [price.prompt for price in history] == [
        None,
        Decimal("0.0000005"),
        Decimal("0.000001"),
    ]
    assert [price.valid_until for price in history] == [
        None,
        history[0].valid_from,
        history[1].valid_from,
    ]


async def test_a_clock_that_goes_backwards_breaks_nothing(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    gateway: Gateway = await open_gateway(openrouter=upstream)
    lists(upstream, row("a/one"), row("a/two"))
    await gateway.discovery.run()
    gateway.clock.move(hours=-1)
    lists(upstream, row("a/one", "0.000003"))
    report = await gateway.discovery.run()
    assert not report.failed
    (newest, older) = (await gateway.browsing.show("a/one")).prices
    assert older.valid_until == newest.valid_from


async def test_a_bad_row_costs_nothing_but_itself(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    gateway: Gateway = await open_gateway(openrouter=upstream)
    odd = {
        "id": "a/odd",
        "name": ["x"],
        "pricing": "free",
        "context_length": "many",
        "architecture": 7,
        "supported_parameters": {"a": 1},
        "description": "nul \u0000 and " + "long " * 5000,
    }
    lists(upstream, {"name": 3}, "text", odd, row("a/one"), row("a/one"), row("nul\u0000"))
    (outcome,) = (await gateway.discovery.run()).outcomes
    assert (outcome.listed, outcome.skipped) == (2, 3)
    assert gateway.ids("openrouter") == {"a/odd", "a/one"}


async def test_the_seed_is_corrected(open_gateway: OpenGateway, upstream: FakeOpenAI) -> None:
    gateway: Gateway = await open_gateway(seeded=True, openrouter=upstream)
    kept = "meta-llama/llama-3.1-8b-instruct:free"
    assert len(gateway.ids("openrouter")) == 18
    lists(upstream, {"id": kept, "pricing": {"prompt": "0", "completion": "0"}})
    (outcome,) = (await gateway.discovery.run()).outcomes
    assert (outcome.added, outcome.retired) == (0, 17)
    facts = gateway.live.current.find(ModelRef("openrouter", kept))
    assert facts is not None
    assert (facts.source, facts.free, facts.context_length) == ("discovery", True, 131072)
    retired = await gateway.browsing.find(Wanted(provider="openrouter", status=Status.RETIRED))
    assert retired.total == 17
    assert gateway.ids("anthropic"), "nobody was asked about these"


async def test_all_who_ask_at_once_share_one_flight(
    open_gateway: OpenGateway, upstream: FakeOpenAI
) -> None:
    here: Gateway = await open_gateway(openrouter=upstream)
    there: Gateway = await open_gateway(openrouter=upstream)
    upstream.before_listing = gate = Gate()
    first = asyncio.create_task(here.discovery.run())
    await gate.reached()
    others = [asyncio.create_task(each.discovery.run()) for each in (here, there, there)]
    await asyncio.sleep(0.2)
    gate.open()
    reports = await asyncio.gather(first, *others)
    assert len({report.totals for report in reports}) == 1
    assert all(report.outcomes[0].listed == 2 for report in reports)
    assert len(upstream.requests) == 1
    assert there.ids("openrouter") == {"fake-small", "fake-large"}


async def test_processes_that_start_at_once_seed_once(open_gateway: OpenGateway) -> None:
    opened = await asyncio.gather(*(open_gateway(seeded=True) for _ in range(4)))
    sizes = {len(gateway.live.current) for gateway in opened}
    assert sizes == {30}


async def test_another_process_hears_of_it(open_gateway: OpenGateway, upstream: FakeOpenAI) -> None:
    here: Gateway = await open_gateway(openrouter=upstream)
    there: Gateway = await open_gateway()
    listening = asyncio.create_task(there.feed._notifications.listen())
    running = asyncio.create_task(there.feed.run())
    try:
        await here.discovery.run()
        async with asyncio.timeout(30):
            while there.ids("openrouter") != {"fake-small", "fake-large"}:
                await asyncio.sleep(0.02)
    finally:
        listening.cancel()
        running.cancel()
        await asyncio.gather(listening, running, return_exceptions=True)
