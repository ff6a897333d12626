"""Equal requests at the same time: one call, one bill, and nobody held up by anybody."""

import asyncio
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import pytest

from app.llm import (
    AnswerCache,
    CacheUse,
    CallContext,
    CallStatus,
    ChainExhausted,
    End,
    Failed,
    LedgerEntry,
    LLMClient,
    ModelRef,
    ModelRequest,
    TextDelta,
    Timeouts,
    Wishes,
)
from tests.fakes.gate import Gate
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

TEXT = "Hello from the fake model."


@pytest.fixture
def gate(upstream: FakeOpenAI) -> Gate:
    """Holds the upstream's answers back until it is opened."""
    upstream.before_answer = gate = Gate()
    return gate


@pytest.fixture
def cache() -> AnswerCache:
    return AnswerCache()


@pytest.fixture
def client(connect: Connect, cache: AnswerCache) -> LLMClient:
    return connect(cache=cache)


def wish(model: str = "ok", **fields: Any) -> ModelRequest:
    return ask(ModelRef("lm_studio", model), wishes=Wishes(cache=True), **fields)


async def until(true: Any) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


def bill(ledger: RecordingLedger) -> list[Decimal | None]:
    return sorted((entry.cost for entry in ledger.entries), key=lambda cost: cost or 0)


def paid(ledger: RecordingLedger) -> LedgerEntry:
    (entry,) = (entry for entry in ledger.entries if entry.cache is CacheUse.MISS)
    return entry


class TestTogether:
    @pytest.mark.parametrize("whole", [True, False])
    async def test_one_call_for_many(
        self,
        client: LLMClient,
        upstream: FakeOpenAI,
        ledger: RecordingLedger,
        gate: Gate,
        whole: bool,
    ) -> None:
        upstream.usage = {"cost": 0.5}

        async def hear() -> str:
            if whole:
                return (await client.complete(wish())).text
            return "".join(
                [e.text async for e in client.stream(wish()) if isinstance(e, TextDelta)]
            )

        asking = [asyncio.create_task(hear()) for _ in range(20)]
        await until(lambda: upstream.calls)
        gate.open()

        assert await asyncio.gather(*asking) == [TEXT] * 20
        assert len(upstream.calls) == 1
        assert len(ledger.entries) == 20
        assert bill(ledger) == [0] * 19 + [Decimal("0.5")]
        assert [a.error for a in paid(ledger).attempts] == [None]
        assert {e.used for e in ledger.entries} == {ModelRef("lm_studio", "ok")}
        assert {e.status for e in ledger.entries} == {CallStatus.OK}

    async def test_those_who_come_later_hear_it_from_the_start_and_live(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        async with aclosing(client.stream(wish("silence-in-mid-answer"))) as first:
            await anext(first)
            async with aclosing(client.stream(wish("silence-in-mid-answer"))) as second:
                assert await anext(second) == TextDelta("Hello ")
                assert len(upstream.calls) == 1

    async def test_not_with_another_key(
        self, client: LLMClient, upstream: FakeOpenAI, gate: Gate
    ) -> None:
        contexts = [CallContext("acme", key_id="one"), CallContext("acme", key_id="two")]
        asking = [asyncio.create_task(client.complete(wish(context=c))) for c in contexts]
        await until(lambda: len(upstream.calls) == 2)
        gate.open()
        await asyncio.gather(*asking)

        third = CallContext("acme", key_id="three")
        assert (await client.complete(wish(context=third))).text == TEXT
        assert len(upstream.calls) == 2

    async def test_nothing_stays_behind(self, client: LLMClient, cache: AnswerCache) -> None:
        await client.complete(wish())
        with pytest.raises(ChainExhausted):
            await client.complete(wish("status-500"))

        assert len(cache.flights) == 0


class TestLeaving:
    async def test_the_first_leaves_and_the_next_one_pays(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger, gate: Gate
    ) -> None:
        upstream.usage = {"cost": 0.5}
        leader, follower = (asyncio.create_task(client.complete(wish())) for _ in range(2))
        await until(lambda: upstream.calls)
        leader.cancel()
        await asyncio.wait({leader})
        gate.open()

        assert (await follower).text == TEXT
        assert len(upstream.calls) == 1
        gone, heir = ledger.entries
        assert (gone.status, gone.cache) == (CallStatus.CANCELLED, CacheUse.HIT)
        assert gone.cost == 0
        assert (heir.status, heir.cache, heir.cost) == (CallStatus.OK, "miss", Decimal("0.5"))
        assert [a.error for a in heir.attempts] == [None]

    async def test_a_follower_leaves_and_nothing_happens(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger, gate: Gate
    ) -> None:
        leader, follower = (asyncio.create_task(client.complete(wish())) for _ in range(2))
        await until(lambda: upstream.calls)
        follower.cancel()
        await asyncio.wait({follower})
        gate.open()

        assert (await leader).text == TEXT
        assert paid(ledger).status is CallStatus.OK

    @pytest.mark.parametrize("model", ["silence", "silence-after-headers", "tokens-for-ever"])
    async def test_the_last_one_hangs_up(
        self,
        client: LLMClient,
        cache: AnswerCache,
        upstream: FakeOpenAI,
        ledger: RecordingLedger,
        model: str,
    ) -> None:
        asking = [asyncio.create_task(client.complete(wish(model))) for _ in range(3)]
        await until(lambda: upstream.calls)
        await asyncio.sleep(0.05)
        for task in asking:
            task.cancel()
        await asyncio.wait(asking)

        async with asyncio.timeout(30):
            await upstream.requests[0].hung_up()
        assert [e.status for e in ledger.entries] == [CallStatus.CANCELLED] * 3
        assert len(paid(ledger).attempts) == 1
        assert len(cache.flights) == 0

    async def test_what_was_said_by_then_is_paid_for(
        self, client: LLMClient, ledger: RecordingLedger
    ) -> None:
        async with aclosing(client.stream(wish("silence-in-mid-answer"))) as events:
            await anext(events)

        entry = ledger.only
        assert (entry.status, entry.estimated) == (CallStatus.CANCELLED, True)
        assert entry.usage.completion_tokens > 0

    async def test_after_the_end_the_one_who_heard_it_all_has_paid(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
    ) -> None:
        upstream.usage = {"cost": 0.5}
        async with aclosing(client.stream(wish("lingering"))) as slow:
            await anext(slow)
            quick = [event async for event in client.stream(wish("lingering"))]
            rest = [event async for event in slow]

        assert isinstance(quick[-1], End)
        assert isinstance(rest[-1], End)
        assert bill(ledger) == [0, Decimal("0.5")]


class TestFailure:
    async def test_is_everybodys(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger, gate: Gate
    ) -> None:
        asking = [asyncio.create_task(client.complete(wish("status-503"))) for _ in range(3)]
        await until(lambda: upstream.calls)
        gate.open()
        failures = await asyncio.gather(*asking, return_exceptions=True)

        assert [type(failure) for failure in failures] == [ChainExhausted] * 3
        assert len(upstream.calls) == 1
        assert [e.status for e in ledger.entries] == [CallStatus.ERROR] * 3
        assert {len(e.attempts) for e in ledger.entries} == {1}

    async def test_in_mid_answer(self, client: LLMClient, ledger: RecordingLedger) -> None:
        async def hear() -> list[Any]:
            return [event async for event in client.stream(wish("cut"))]

        for events in await asyncio.gather(hear(), hear()):
            *said, failed, end = events
            assert said == [TextDelta("Hello "), TextDelta("from ")]
            assert isinstance(failed, Failed)
            assert isinstance(end, End)
            assert end.finish_reason == "error"
        assert [e.cache for e in ledger.entries] == ["miss", "hit"]

    async def test_the_next_one_to_come_tries_anew(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        upstream.faults.append("status-500")
        with pytest.raises(ChainExhausted):
            await client.complete(wish("m"))

        assert (await client.complete(wish("m"))).text == TEXT


class TestTooMuchToKeep:
    TEXT = "word " * 2000

    async def test_everyone_hears_all_of_it(
        self, connect: Connect, upstream: FakeOpenAI, gate: Gate
    ) -> None:
        upstream.reply = lambda body: self.TEXT
        cache = AnswerCache(capacity=64 * 1024)
        client = connect(cache=cache)

        async def hear(pause: float) -> str:
            text = ""
            async for event in client.stream(wish()):
                if isinstance(event, TextDelta):
                    text += event.text
                await asyncio.sleep(pause)
            return text

        asking = [asyncio.create_task(hear(pause)) for pause in (0, 0.0001, 0)]
        await until(lambda: upstream.calls)
        gate.open()

        assert await asyncio.gather(*asking) == [self.TEXT] * 3
        assert len(upstream.calls) == 1

    async def test_the_slowest_sets_the_pace(
        self, connect: Connect, upstream: FakeOpenAI, cache: AnswerCache
    ) -> None:
        """What waits for a reader that has stopped reading is bounded."""
        cache = AnswerCache(capacity=16 * 1024)
        client = connect(cache=cache, timeouts=Timeouts(total=30))
        heard = 0
        async with aclosing(client.stream(wish("tokens-for-ever"))) as events:
            await anext(events)
            (flight,) = cache.flights
            await until(lambda: not flight.events)
            held = flight.waiting
            await asyncio.sleep(0.05)
            assert flight.waiting == held
            async for _ in events:
                heard += 1
                if heard > 2 * held:
                    break

        assert heard > held


async def test_ends_with_the_service(connect: Connect, upstream: FakeOpenAI) -> None:
    cache = AnswerCache()
    asking = asyncio.create_task(connect(cache=cache).complete(wish("silence")))
    await until(lambda: upstream.calls)
    await cache.aclose()

    async with asyncio.timeout(30):
        await upstream.requests[0].hung_up()
        failure = await asyncio.gather(asking, return_exceptions=True)
    assert "stopping" in str(failure[0])
