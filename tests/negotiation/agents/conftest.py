from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from app.llm import (
    CallContext,
    Chains,
    Connection,
    LLMClient,
    ModelRef,
    RetryPolicy,
    Timeouts,
    build_client,
)
from app.negotiation.agents.llm import ModelSettings
from tests.fakes.openai_wire import FakeOpenAI


def playing(model: str = "fake-small") -> ModelSettings:
    """A seat's settings; at the fake, a model's name may also name its fault."""
    return ModelSettings(ModelRef("lm_studio", model), 0.3, 77, CallContext("default"))


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def client(upstream: FakeOpenAI) -> AsyncIterator[LLMClient]:
    """Whatever model fails, `fallback` is tried after it."""
    async with AsyncExitStack() as stack:
        client = build_client(
            {"lm_studio": Connection(base_url=upstream.base_url)},
            chains=Chains(default=(ModelRef("lm_studio", "fallback"),)),
            retry=RetryPolicy(retries=0),
            timeouts=Timeouts(connect=5, first_token=10, idle=10, total=20),
        )
        stack.push_async_callback(client.aclose)
        yield client
