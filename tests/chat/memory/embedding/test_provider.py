"""Vectors by a provider's model: when it is asked, and what happens when it doesn't answer."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from app.chat.memory.embedding.provider import ProviderEmbedder
from app.llm import Chains, Connection, LLMClient, ModelRef, RetryPolicy, Task, build_client
from tests.fakes.openai_wire import FakeOpenAI

EMBEDDING = ModelRef("lm_studio", "text-embedding-small")
CHATTING = ModelRef("lm_studio", "fake-small")
Connect = Callable[..., LLMClient]


@pytest.fixture
async def connect(upstream: FakeOpenAI) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as clients:

        def connect(embedding: ModelRef | None = EMBEDDING, *, alone: bool = False) -> LLMClient:
            by_task = {Task.EMBEDDING: (embedding,)} if embedding else {}
            client = build_client(
                {} if alone else {"lm_studio": Connection(base_url=upstream.base_url)},
                chains=Chains(default=(CHATTING,), by_task=by_task),
                retry=RetryPolicy(retries=0),
            )
            clients.push_async_callback(client.aclose)
            return client

        yield connect


async def test_one_vector_for_each_text(connect: Connect) -> None:
    embedder = ProviderEmbedder(connect(), wanted=False)

    found = await embedder.embed("default", ["four", "sixsix"], seconds=10)

    assert embedder.there
    assert found is not None
    assert found.model == "lm_studio:text-embedding-small"
    assert found.vectors == ((4.0, 0.5, -0.25), (6.0, 0.5, -0.25))


async def test_models_that_chat_are_not_asked_unless_it_is_wanted(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    assert not ProviderEmbedder(connect(None), wanted=False).there
    assert ProviderEmbedder(connect(None), wanted=True).there
    assert not ProviderEmbedder(connect(alone=True), wanted=True).there
    assert not upstream.requests


@pytest.mark.parametrize(("fault", "seconds"), [("status-500", 60), ("status-400", 900)])
async def test_after_a_failure_it_is_left_alone_for_a_while(
    connect: Connect, upstream: FakeOpenAI, fault: str, seconds: float
) -> None:
    now = [0.0]
    embedder = ProviderEmbedder(connect(), wanted=False, monotonic=lambda: now[0])
    upstream.fault = fault

    assert await embedder.embed("default", ["x"], seconds=10) is None
    assert not embedder.there
    now[0] = seconds - 1
    assert not embedder.there
    now[0] = seconds
    assert embedder.there


async def test_one_that_takes_too_long_is_not_waited_for(
    connect: Connect, upstream: FakeOpenAI
) -> None:
    embedder = ProviderEmbedder(connect(), wanted=False)
    upstream.fault = "silence"

    assert await embedder.embed("default", ["x"], seconds=0.05) is None
    assert not embedder.there
