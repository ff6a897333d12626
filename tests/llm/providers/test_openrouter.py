"""What OpenRouter has beyond the OpenAI wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from app.kit.clock import utc_now
from app.llm import (
    PROVIDERS,
    BadGateway,
    Call,
    Connection,
    Failed,
    LLMClient,
    LLMError,
    ModelRef,
    RequestRefused,
    Timeouts,
    Usage,
    Wishes,
    build_client,
)
from app.llm.catalogue.traits import Traits
from app.llm.providers._openai_payload import usage_of
from app.llm.providers._openai_request import chat_body
from app.llm.providers.billing import FreeRequests, Settling
from app.llm.providers.opening import open_providers
from app.llm.providers.openrouter import STOPS_BILLING, OpenRouter, stops_billing
from tests.fakes.openai_wire import FakeOpenAI
from tests.fakes.openrouter import GENERATION, KEY, FakeOpenRouter
from tests.llm.conftest import RecordingLedger, ask


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenRouter]:
    async with FakeOpenRouter() as fake:
        yield fake


@pytest.fixture
async def openrouter(upstream: FakeOpenRouter) -> AsyncIterator[OpenRouter]:
    connection = Connection(api_key=SecretStr("sk-or"), base_url=upstream.base_url)
    provider = OpenRouter(PROVIDERS["openrouter"], connection, Timeouts())
    yield provider
    await provider.aclose()


class TestLook:
    async def test_at_the_key(self, openrouter: OpenRouter, upstream: FakeOpenRouter) -> None:
        await openrouter.look()
        upstream.key = None
        with pytest.raises(RequestRefused):
            await openrouter.look()

    async def test_what_stands_in_for_it_may_know_no_keys(self) -> None:
        async with FakeOpenAI() as plain:
            connection = Connection(api_key=SecretStr("sk-or"), base_url=plain.base_url)
            provider = OpenRouter(PROVIDERS["openrouter"], connection, Timeouts())
            await provider.look()
            await provider.aclose()

        assert plain.requests[-1].path.endswith("/models")


class TestAccount:
    async def test_a_usual_key(self, openrouter: OpenRouter) -> None:
        account = await openrouter.account()

        assert (account.limit, account.limit_remaining) == (Decimal(20), Decimal("19.1"))
        assert (account.used, account.used_today) == (Decimal("0.9"), Decimal("1E-7"))
        assert account.resets == "monthly"
        assert account.free_requests == FreeRequests(limit=1000, used=3, remaining=997)
        assert account.expires_at == "2027-01-01T00:00:00Z"
        assert account.credits_left is None

    async def test_a_management_key(self, openrouter: OpenRouter, upstream: FakeOpenRouter) -> None:
        upstream.credits = {"total_credits": 100.5, "total_usage": 25.75}

        assert (await openrouter.account()).credits_left == Decimal("74.75")

    async def test_no_limit(self, openrouter: OpenRouter, upstream: FakeOpenRouter) -> None:
        upstream.key = {"label": "x", "limit": None, "limit_remaining": None, "usage": 0}
        account = await openrouter.account()

        assert (account.limit, account.limit_remaining, account.used) == (None, None, Decimal(0))
        assert account.free_requests is None

    async def test_a_wrong_key(self, openrouter: OpenRouter, upstream: FakeOpenRouter) -> None:
        upstream.key = None

        with pytest.raises(RequestRefused, match="check OPENROUTER_API_KEY"):
            await openrouter.account()

    @pytest.mark.parametrize("data", [[], "x", {"limit": "much", "usage": True}])
    async def test_nonsense(
        self, openrouter: OpenRouter, upstream: FakeOpenRouter, data: object
    ) -> None:
        upstream.key = data  # type: ignore[assignment]  # what the vendor would never send

        assert (await openrouter.account()).used == 0

    async def test_nobody_there(self) -> None:
        connection = Connection(api_key=SecretStr("k"), base_url="http://127.0.0.1:9/v1")
        provider = OpenRouter(PROVIDERS["openrouter"], connection, Timeouts())
        with pytest.raises(LLMError, match="can't be reached"):
            await provider.account()
        await provider.aclose()


class TestSettled:
    async def test_the_record_of_a_generation(
        self, openrouter: OpenRouter, upstream: FakeOpenRouter
    ) -> None:
        upstream.generations["gen-1"] = GENERATION

        assert await openrouter.settled("gen-1") == Usage(10, 25, 3, 5, cost=Decimal("0.0015"))

    async def test_a_key_of_ones_own(
        self, openrouter: OpenRouter, upstream: FakeOpenRouter
    ) -> None:
        upstream.generations["gen-1"] = GENERATION | {"is_byok": True, "total_cost": 0.00006}

        assert (await openrouter.settled("gen-1")).cost == Decimal("0.00126")

    async def test_not_added_up_yet(self, openrouter: OpenRouter, upstream: FakeOpenRouter) -> None:
        with pytest.raises(RequestRefused) as refused:
            await openrouter.settled("gen-1")

        assert refused.value.upstream_status == 404
        upstream.generations["gen-1"] = {**GENERATION, "total_cost": None}
        with pytest.raises(BadGateway, match="no cost yet"):
            await openrouter.settled("gen-1")

    @pytest.mark.parametrize("record", [[], "x", {"total_cost": "NaN"}, {"total_cost": -1}])
    async def test_nonsense(
        self, openrouter: OpenRouter, upstream: FakeOpenRouter, record: object
    ) -> None:
        upstream.generations["gen-1"] = record  # type: ignore[assignment]  # never sent by it
        with pytest.raises(LLMError):
            await openrouter.settled("gen-1")

    async def test_tokens_that_are_no_numbers(
        self, openrouter: OpenRouter, upstream: FakeOpenRouter
    ) -> None:
        tokens = {"native_tokens_prompt": None, "tokens_prompt": 3, "native_tokens_cached": "x"}
        upstream.generations["gen-1"] = {"total_cost": 0, **tokens}

        assert await openrouter.settled("gen-1") == Usage(3, cost=Decimal(0))

    async def test_an_id_is_only_an_id(
        self, openrouter: OpenRouter, upstream: FakeOpenRouter
    ) -> None:
        upstream.generations["a&id=b/../c"] = GENERATION

        assert (await openrouter.settled("a&id=b/../c")).prompt_tokens == 10

    def test_the_registry_knows_who_can(self) -> None:
        connections = {
            name: Connection(api_key=SecretStr("k"), base_url="http://127.0.0.1:9/v1")
            for name in PROVIDERS
        }
        opened = open_providers(connections, {}, Timeouts())
        assert (
            {name for name, row in PROVIDERS.items() if row.settles}
            == {name for name, provider in opened.items() if isinstance(provider, Settling)}
            == {"openrouter"}
        )


class TestGenerationId:
    """Noted before anything else can go wrong, so that what is left or lost can be asked for."""

    @pytest.fixture
    async def client(
        self, upstream: FakeOpenRouter, ledger: RecordingLedger
    ) -> AsyncIterator[LLMClient]:
        connection = Connection(api_key=SecretStr("sk-or"), base_url=upstream.base_url)
        client = build_client({"openrouter": connection, "openai": connection}, ledger=ledger)
        yield client
        await client.aclose()

    @pytest.fixture
    def ledger(self) -> RecordingLedger:
        return RecordingLedger()

    def request(self, model: str = "a/b", *, relayed: bool, provider: str = "openrouter") -> Any:
        messages = [{"role": "user", "content": "Hello"}]
        body = {"model": model, "messages": messages, "stream": True} if relayed else None
        return ask(ModelRef(provider, model), body=body)

    async def leave(self, client: LLMClient, request: Any) -> None:
        async with aclosing(client.stream(request)) as events:
            await anext(events)

    @pytest.mark.parametrize("relayed", [False, True])
    @pytest.mark.parametrize(("header", "name"), [(True, "gen-1"), (False, "chatcmpl-fake")])
    async def test_of_a_stream_that_is_left(
        self,
        client: LLMClient,
        upstream: FakeOpenRouter,
        ledger: RecordingLedger,
        relayed: bool,
        header: bool,
        name: str,
    ) -> None:
        upstream.token_delay, upstream.names_answers = 30, header
        await self.leave(client, self.request(relayed=relayed))

        (attempt,) = ledger.only.attempts
        assert (attempt.generation_id, attempt.estimated, attempt.unsettled) == (name, True, True)
        assert ledger.only.unsettled

    async def test_of_one_that_is_left_before_the_first_token(
        self, client: LLMClient, upstream: FakeOpenRouter, ledger: RecordingLedger
    ) -> None:
        task = asyncio.create_task(
            self.leave(client, self.request("silence-after-headers", relayed=True))
        )
        async with asyncio.timeout(30):
            while not upstream.answered:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.wait({task})

        (attempt,) = ledger.only.attempts
        assert (attempt.generation_id, attempt.usage) == ("gen-1", None)
        assert ledger.only.unsettled

    @pytest.mark.parametrize("relayed", [False, True])
    async def test_of_one_that_breaks_off(
        self, client: LLMClient, ledger: RecordingLedger, relayed: bool
    ) -> None:
        async with aclosing(client.stream(self.request("cut", relayed=relayed))) as events:
            assert isinstance([event async for event in events][-2], Failed)

        assert ledger.only.attempts[-1].generation_id == "gen-1"
        assert ledger.only.unsettled

    async def test_each_attempt_has_its_own(
        self, client: LLMClient, ledger: RecordingLedger
    ) -> None:
        request = replace(
            self.request("cut", relayed=False),
            wishes=Wishes(models=("openrouter:cut", "openrouter:ok")),
        )
        await client.complete(request)

        names = [attempt.generation_id for attempt in ledger.only.attempts]
        assert names == [f"gen-{number + 1}" for number in range(len(names))]
        assert len(names) > 1

    async def test_of_one_that_is_heard_out_nobody_asks(
        self, client: LLMClient, ledger: RecordingLedger
    ) -> None:
        await client.complete(self.request(relayed=False))

        assert ledger.only.attempts[0].generation_id == "gen-1"
        assert not ledger.only.unsettled

    async def test_others_have_none(
        self, client: LLMClient, upstream: FakeOpenRouter, ledger: RecordingLedger
    ) -> None:
        upstream.token_delay = 30
        await self.leave(client, self.request(relayed=True, provider="openai"))

        (attempt,) = ledger.only.attempts
        assert (attempt.generation_id, attempt.estimated) == (None, True)
        assert not ledger.only.unsettled

    @pytest.mark.parametrize("name", ["", "a b", "\x00", "é", "x" * 201, "gen-1\n"])
    def test_what_is_no_name(self, name: str) -> None:
        call = Call(ask("ok"), created_at=utc_now())
        call.begin_attempt(ModelRef("openrouter", "a/b"))

        assert call.named(name) is False
        assert call.named("gen-1") is True
        assert call.named("gen-2") is True
        call.end_attempt("CANCELLED")
        assert call.attempts[0].generation_id == "gen-1"


def test_the_fakes_key_is_whole() -> None:
    assert {"label", "limit", "usage", "is_free_tier"} <= set(KEY)


class TestSeveralModels:
    def body(self, model: str, provider: str = "openrouter") -> dict[str, object]:
        ref = ModelRef(provider, model)
        return chat_body(ask(ref), model, row=PROVIDERS[provider], traits=Traits(), way=None)

    def test_in_one_attempt(self) -> None:
        body = self.body("a/b|c/d:free")

        assert body["models"] == ["a/b", "c/d:free"]
        assert "model" not in body

    def test_one(self) -> None:
        assert self.body("a/b:nitro")["model"] == "a/b:nitro"

    def test_elsewhere_it_is_a_name_like_any_other(self) -> None:
        assert self.body("a|b", "openai")["model"] == "a|b"


class TestUsage:
    def test_cost_is_the_figure_that_was_sent(self) -> None:
        usage = usage_of(
            {
                "prompt_tokens": 194,
                "completion_tokens": 2,
                "total_tokens": 196,
                "cost": 0.000000095,
                "is_byok": False,
                "cost_details": {"upstream_inference_cost": 7},
                "prompt_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 50},
                "completion_tokens_details": {"reasoning_tokens": 1},
            }
        )

        assert usage.cost == Decimal("9.5E-8")
        assert (usage.cached_tokens, usage.cache_write_tokens) == (100, 50)
        assert (usage.completion_tokens, usage.reasoning_tokens) == (2, 1)

    def test_with_a_key_of_ones_own_both_are_paid(self) -> None:
        details = {"upstream_inference_cost": 0.02}
        usage = usage_of({"cost": 0.001, "is_byok": True, "cost_details": details})

        assert usage.cost == Decimal("0.021")

    @pytest.mark.parametrize(
        ("usage", "cost"),
        [
            ({"cost": {"total_cost": 0.006}}, "0.006"),
            ({"cost_in_usd_ticks": 318319000}, "0.0318319"),
            ({"estimated_cost": 1.2e-05}, "0.000012"),
            ({"cost": "0.5"}, "0.5"),
            ({"cost": 0}, "0"),
        ],
    )
    def test_spellings_of_others(self, usage: dict[str, object], cost: str) -> None:
        assert usage_of(usage).cost == Decimal(cost)

    @pytest.mark.parametrize("cost", [None, -1, True, "much", "NaN", "1e99", [1]])
    def test_what_is_no_cost(self, cost: object) -> None:
        assert usage_of({"cost": cost}).cost is None

    def test_reasoning_that_is_counted_beside_the_rest(self) -> None:
        usage = usage_of(
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 115,
                "completion_tokens_details": {"reasoning_tokens": 100},
            }
        )

        assert (usage.completion_tokens, usage.reasoning_tokens) == (105, 100)


class TestCancelling:
    @pytest.mark.parametrize(
        ("upstream", "stops"),
        [
            ("Anthropic", True),
            ("DeepInfra", True),
            ("Amazon Bedrock", False),
            ("Google AI Studio", False),
            ("Somebody New", None),
        ],
    )
    def test_who_stops(self, upstream: str, stops: bool | None) -> None:  # by name
        assert stops_billing(upstream) is stops

    def test_nobody_is_in_both_lists(self) -> None:
        assert (sum(STOPS_BILLING.values()), len(STOPS_BILLING)) == (24, 48)
