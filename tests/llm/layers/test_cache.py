"""What is recorded, who gets it again, and what it costs."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from app.llm import (
    AnswerCache,
    CacheUse,
    CallContext,
    CallStatus,
    ChainExhausted,
    LLMClient,
    Message,
    ModelRef,
    ModelRequest,
    Recording,
    Role,
    Task,
    TextDelta,
    UsageReport,
    WireChunk,
    Wishes,
)
from app.llm.routing.profile import LiveProfiles, Profile, Profiles
from tests.fakes.openai_wire import FakeOpenAI
from tests.llm.conftest import Connect, RecordingLedger, ask

TEXT = "Hello from the fake model."
CACHED = Wishes(cache=True)


class Shelf:
    """A store in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Recording] = {}
        self.asked = 0

    async def get(self, tenant_id: str, key: str) -> Recording | None:
        self.asked += 1
        return self.kept.get((tenant_id, key))

    def put(self, tenant_id: str, key: str, recording: Recording) -> None:
        self.kept[tenant_id, key] = recording


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def cache(clock: Clock, shelf: Shelf) -> AnswerCache:
    return AnswerCache(ttl=60, store=shelf, clock=clock)


@pytest.fixture
def client(connect: Connect, cache: AnswerCache) -> LLMClient:
    return connect(cache=cache)


def again(**fields: Any) -> Any:
    return ask(**({"wishes": CACHED} | fields))


async def texts(client: LLMClient, request: Any) -> list[str]:
    return [e.text async for e in client.stream(request) if isinstance(e, TextDelta)]


def _chat_is_cached() -> LiveProfiles:
    chat = Profile("chat", primary="lm_studio:ok", cache=True)
    return LiveProfiles(Profiles(everyones={"chat": chat}))


async def chunks(client: LLMClient, request: ModelRequest) -> list[WireChunk]:
    async with aclosing(await client.open(request)) as opened:
        return [event async for event in opened if isinstance(event, WireChunk)]


class TestHit:
    async def test_is_the_same_answer_from_no_model(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
    ) -> None:
        upstream.usage = {"cost": 0.25}
        first = await client.complete(again())
        second = await client.complete(again())

        assert first.text == second.text == TEXT
        assert second.model == ModelRef("lm_studio", "ok")
        assert len(upstream.calls) == 1
        assert [e.cache for e in ledger.entries] == [CacheUse.MISS, CacheUse.HIT]

    async def test_tells_the_tokens_and_costs_nothing(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
    ) -> None:
        upstream.usage = {"cost": 0.25}
        first, second = [await client.complete(again()) for _ in range(2)]

        paid, hit = ledger.entries
        assert (paid.cost, hit.cost) == (Decimal("0.25"), Decimal(0))
        assert (first.usage.cost, second.usage.cost) == (Decimal("0.25"), Decimal(0))
        assert second.usage.prompt_tokens == first.usage.prompt_tokens > 0
        assert hit.used == paid.used == ModelRef("lm_studio", "ok")
        assert (hit.status, hit.attempts) == (CallStatus.OK, ())
        assert hit.first_token_ms is not None

    async def test_a_stream_is_replayed_in_its_pieces(self, client: LLMClient) -> None:
        first = [event async for event in client.stream(again())]
        second = [event async for event in client.stream(again())]

        assert [e for e in first if isinstance(e, TextDelta)] == [
            e for e in second if isinstance(e, TextDelta)
        ]
        assert [type(e) for e in first] == [type(e) for e in second]
        assert len([e for e in second if isinstance(e, TextDelta)]) > 1
        (report,) = (e for e in second if isinstance(e, UsageReport))
        assert report.usage.cost == 0

    async def test_what_was_streamed_answers_whole_and_the_other_way_round(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        await texts(client, again())
        assert (await client.complete(again())).text == TEXT
        await client.complete(again(temperature=0.5))
        assert "".join(await texts(client, again(temperature=0.5))) == TEXT
        assert len(upstream.calls) == 2


class TestWire:
    """Answers to callers who speak the wire themselves: bytes, in the chunks they came in."""

    BODY: ClassVar = {"model": "ok", "messages": [{"role": "user", "content": "Hi."}]}

    @pytest.mark.parametrize("stream", [True, False])
    async def test_the_same_chunks(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger, stream: bool
    ) -> None:
        upstream.usage = {"cost": 0.25}
        request = again(body=self.BODY | {"stream": stream})
        first, second = [await chunks(client, request) for _ in range(2)]

        assert first == second != []
        assert len(upstream.calls) == 1
        assert [(e.cache, e.cost) for e in ledger.entries] == [
            ("miss", Decimal("0.25")),
            ("hit", 0),
        ]

    async def test_a_stream_and_a_whole_answer_are_kept_apart(
        self, client: LLMClient, upstream: FakeOpenAI
    ) -> None:
        streamed, whole = [
            await chunks(client, again(body=self.BODY | {"stream": stream}))
            for stream in (True, False)
        ]
        assert streamed != whole
        assert len(upstream.calls) == 2


class TestOff:
    async def test_unless_asked_for(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger, shelf: Shelf
    ) -> None:
        for _ in range(2):
            await client.complete(ask())

        assert len(upstream.calls) == 2
        assert {e.cache for e in ledger.entries} == {CacheUse.OFF}
        assert (shelf.asked, shelf.kept) == (0, {})

    async def test_or_wanted_by_the_profile(
        self, connect: Connect, cache: AnswerCache, upstream: FakeOpenAI
    ) -> None:
        client = connect(cache=cache, profiles=_chat_is_cached())
        for _ in range(2):
            await client.complete(ask(None, task=Task.CHAT))

        assert len(upstream.calls) == 1

    async def test_where_the_caller_refuses_what_the_profile_wants(
        self, connect: Connect, cache: AnswerCache, upstream: FakeOpenAI
    ) -> None:
        client = connect(cache=cache, profiles=_chat_is_cached())
        for _ in range(2):
            await client.complete(ask(None, task=Task.CHAT, wishes=Wishes(cache=False)))

        assert len(upstream.calls) == 2

    @pytest.mark.parametrize("task", [Task.BENCHMARK, Task.PROBE])
    async def test_for_measuring(self, client: LLMClient, upstream: FakeOpenAI, task: Task) -> None:
        for _ in range(2):
            await client.complete(again(task=task))

        assert len(upstream.calls) == 2

    async def test_for_several_answers_to_one_question(
        self, client: LLMClient, upstream: FakeOpenAI, ledger: RecordingLedger
    ) -> None:
        body = {"messages": [{"role": "user", "content": "Say hello."}], "n": 2, "stream": True}
        for _ in range(2):
            await client.complete(again(answers=2, body=body))

        assert len(upstream.calls) == 2
        assert {e.cache for e in ledger.entries} == {CacheUse.OFF}


class TestWhatIsKept:
    @pytest.mark.parametrize("model", ["cut", "finish-error", "error-chunk", "status-500"])
    async def test_no_failure(
        self, client: LLMClient, upstream: FakeOpenAI, shelf: Shelf, model: str
    ) -> None:
        for _ in range(2):
            with pytest.raises(ChainExhausted):
                await client.complete(again(model=ModelRef("lm_studio", model)))

        assert len(upstream.calls) == 2
        assert shelf.kept == {}

    async def test_no_half_stream(
        self, client: LLMClient, upstream: FakeOpenAI, shelf: Shelf
    ) -> None:
        events = [event async for event in client.stream(again(model=ModelRef("lm_studio", "cut")))]
        assert len(events) > 2
        assert shelf.kept == {}

    async def test_for_as_long_as_was_said(
        self, client: LLMClient, upstream: FakeOpenAI, clock: Clock
    ) -> None:
        await client.complete(again())
        clock.now += timedelta(seconds=59)
        await client.complete(again())
        assert len(upstream.calls) == 1
        clock.now += timedelta(seconds=1)
        await client.complete(again())
        assert len(upstream.calls) == 2

    async def test_for_its_tenant_alone(self, client: LLMClient, upstream: FakeOpenAI) -> None:
        for tenant in ("acme", "acme", "other"):
            await client.complete(again(context=CallContext(tenant)))

        assert len(upstream.calls) == 2

    async def test_nothing_that_would_push_out_the_rest(
        self, connect: Connect, upstream: FakeOpenAI, shelf: Shelf
    ) -> None:
        upstream.reply = lambda body: "word " * 1000
        client = connect(cache=AnswerCache(capacity=64 * 1024, store=shelf))
        answers = [await client.complete(again()) for _ in range(2)]

        assert [a.text for a in answers] == ["word " * 1000] * 2
        assert len(upstream.calls) == 2
        assert shelf.kept == {}


class TestStore:
    async def test_answers_what_memory_forgot_or_never_knew(
        self, connect: Connect, upstream: FakeOpenAI, shelf: Shelf, ledger: RecordingLedger
    ) -> None:
        await connect(cache=AnswerCache(store=shelf)).complete(again())
        elsewhere = connect(cache=AnswerCache(store=shelf))
        answers = [await elsewhere.complete(again()) for _ in range(2)]

        assert [a.text for a in answers] == [TEXT, TEXT]
        assert len(upstream.calls) == 1
        assert shelf.asked == 2
        assert [e.cache for e in ledger.entries] == ["miss", "hit", "hit"]
        assert ledger.entries[1].used == ModelRef("lm_studio", "ok")
        assert [e.cost for e in ledger.entries[1:]] == [0, 0]

    async def test_an_old_row_is_no_answer(
        self, connect: Connect, upstream: FakeOpenAI, shelf: Shelf, clock: Clock
    ) -> None:
        await connect(cache=AnswerCache(ttl=60, store=shelf, clock=clock)).complete(again())
        clock.now += timedelta(seconds=60)
        await connect(cache=AnswerCache(ttl=60, store=shelf, clock=clock)).complete(again())

        assert len(upstream.calls) == 2


async def test_different_questions_have_different_answers(
    client: LLMClient, upstream: FakeOpenAI
) -> None:
    upstream.reply = lambda body: str(body["messages"][-1]["content"]).upper()
    for word in ("one", "two", "one"):
        answer = await client.complete(again(messages=(Message(Role.USER, word),)))
        assert answer.text == word.upper()

    assert len(upstream.calls) == 2
