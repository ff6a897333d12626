"""LM Studio and Ollama: what is installed and loaded, and models that take long to be loaded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.kit.clock import utc_now
from app.llm import (
    PROVIDERS,
    CallContext,
    Connection,
    LLMError,
    Message,
    ModelRequest,
    ModelTimeout,
    RequestRefused,
    Role,
    Task,
    Timeouts,
)
from app.llm.call import Call
from app.llm.events import TextDelta
from app.llm.providers._loading import LocalModel
from app.llm.providers.lm_studio import LMStudio
from app.llm.providers.ollama import Ollama
from tests.fakes.lm_studio import CONTEXT, MOST, Api, FakeLMStudio
from tests.fakes.ollama import CONTEXT as OLLAMA_CONTEXT
from tests.fakes.ollama import FakeOllama
from tests.fakes.openai_wire import FakeOpenAI

HASTY = Timeouts(connect=1, first_token=0.15, idle=5, total=5)


@asynccontextmanager
async def lm_studio(upstream: FakeOpenAI, timeouts: Timeouts = HASTY) -> AsyncIterator[LMStudio]:
    provider = LMStudio(PROVIDERS["lm_studio"], Connection(base_url=upstream.base_url), timeouts)
    try:
        yield provider
    finally:
        await provider.aclose()


@asynccontextmanager
async def ollama(upstream: FakeOllama) -> AsyncIterator[Ollama]:
    provider = Ollama(PROVIDERS["ollama"], Connection(base_url=upstream.base_url), HASTY)
    try:
        yield provider
    finally:
        await provider.aclose()


async def said(provider: LMStudio | Ollama, model: str) -> str:
    request = ModelRequest(
        task=Task.CHAT,
        messages=(Message(Role.USER, "Hello."),),
        context=CallContext("default"),
    )
    answer = await provider.model(model).open(request, Call(request, created_at=utc_now()))
    return "".join([event.text async for event in answer if isinstance(event, TextDelta)])


class TestLMStudio:
    @pytest.mark.parametrize("api", ["v1", "v0"])
    async def test_installed(self, api: Api) -> None:
        upstream = FakeLMStudio(models=("a", "b"), loaded=("a",), api=api)
        async with upstream, lm_studio(upstream) as provider:
            installed = await provider.installed()

        assert LocalModel("a", loaded=True, context_length=CONTEXT) in installed
        assert LocalModel("b", loaded=False, context_length=MOST) in installed

    async def test_an_instance_goes_by_a_name_of_its_own(self) -> None:
        upstream = FakeLMStudio(models=("a",), loaded=("a",))
        async with upstream, lm_studio(upstream) as provider:
            names = {model.name for model in await provider.installed()}

        assert names == {"a", "a:2"}

    async def test_an_older_one_tells_nothing(self) -> None:
        async with FakeLMStudio(api="openai") as upstream, lm_studio(upstream) as provider:
            assert await provider.installed() == ()

    async def test_nor_does_something_else_in_its_place(self) -> None:
        async with FakeOpenAI() as upstream, lm_studio(upstream) as provider:
            assert await provider.installed() == ()
            assert await said(provider, "ok") == "Hello from the fake model."

    @pytest.mark.parametrize("api", ["v1", "v0"])
    @pytest.mark.parametrize("headers_first", [False, True])
    async def test_a_model_that_is_loaded_first_has_longer(
        self,
        api: Api,
        headers_first: bool,  # pytest passes by name
    ) -> None:
        upstream = FakeLMStudio(models=("a",), api=api, load_seconds=0.3)
        upstream.headers_first = headers_first
        async with upstream, lm_studio(upstream) as provider:
            assert await said(provider, "a")

    async def test_a_loaded_model_has_not(self) -> None:
        upstream = FakeLMStudio(models=("a",), loaded=("a",), latency=0.3)
        async with upstream, lm_studio(upstream) as provider:
            with pytest.raises(ModelTimeout, match=r"said nothing within 0.15 s"):
                await said(provider, "a")

    async def test_nor_where_nothing_is_told(self) -> None:
        upstream = FakeLMStudio(models=("a",), api="openai", load_seconds=0.3)
        async with upstream, lm_studio(upstream) as provider:
            with pytest.raises(ModelTimeout):
                await said(provider, "a")

    async def test_who_answers_at_once_isnt_looked_for(self) -> None:
        upstream = FakeLMStudio(models=("a",))
        async with upstream, lm_studio(upstream) as provider:
            await asyncio.gather(*(said(provider, "a") for _ in range(20)))

        assert upstream.looks == 0

    async def test_all_who_wait_are_told_by_one_look(self) -> None:
        upstream = FakeLMStudio(models=("a",), load_seconds=0.3)
        async with upstream, lm_studio(upstream) as provider:
            await asyncio.gather(*(said(provider, "a") for _ in range(20)))

        assert upstream.looks == 1

    async def test_a_model_that_just_answered_isnt_looked_for(self) -> None:
        upstream = FakeLMStudio(models=("a",), load_seconds=0.3)
        async with upstream, lm_studio(upstream) as provider:
            await said(provider, "a")
            upstream.loaded.clear()
            with pytest.raises(ModelTimeout):
                await said(provider, "a")

        assert upstream.looks == 1

    async def test_nothing_loaded(self) -> None:
        async with FakeLMStudio(just_in_time=False) as upstream, lm_studio(upstream) as provider:
            with pytest.raises(RequestRefused, match="`lms load qwen/qwen3-4b`") as raised:
                await said(provider, "qwen/qwen3-4b")

        assert raised.value.upstream_status == 404

    async def test_nobody_there(self) -> None:
        async with FakeLMStudio() as upstream:
            pass
        async with lm_studio(upstream) as provider:
            with pytest.raises(LLMError, match="start LM Studio's server"):
                await provider.installed()


class TestOllama:
    async def test_installed(self) -> None:
        upstream = FakeOllama(loaded=("llama3.2:latest",))
        async with upstream, ollama(upstream) as provider:
            installed = await provider.installed()

        assert installed == (
            LocalModel("llama3.2:latest", loaded=True, context_length=OLLAMA_CONTEXT),
            LocalModel("llama3.2", loaded=True, context_length=OLLAMA_CONTEXT),
            LocalModel("qwen3:4b", loaded=False),
        )

    @pytest.mark.parametrize("name", ["llama3.2", "qwen3:4b"])
    async def test_a_model_that_is_loaded_first_has_longer(self, name: str) -> None:
        async with FakeOllama(load_seconds=0.3) as upstream, ollama(upstream) as provider:
            assert await said(provider, name) == "Hello from the fake model."

    async def test_a_loaded_model_has_not(self) -> None:
        upstream = FakeOllama(loaded=("qwen3:4b",), latency=0.3)
        async with upstream, ollama(upstream) as provider:
            with pytest.raises(ModelTimeout):
                await said(provider, "qwen3:4b")

    async def test_not_pulled(self) -> None:
        async with FakeOllama() as upstream, ollama(upstream) as provider:
            with pytest.raises(RequestRefused, match="`ollama pull mistral`"):
                await said(provider, "mistral")
