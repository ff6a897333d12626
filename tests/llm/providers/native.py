"""Clients of vendors with a wire of their own, for tests of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from app.llm import (
    ChainExhausted,
    Connection,
    LLMClient,
    LLMError,
    ModelEvent,
    ModelRef,
    ModelRequest,
    RetryPolicy,
    Timeouts,
    build_client,
)
from tests.fakes.native import NativeFake
from tests.llm.conftest import KEY, RecordingLedger, ask

PATIENT = Timeouts(connect=5, first_token=10, idle=10, total=20)
BRISK = Timeouts(connect=0.2, first_token=0.2, idle=0.2, total=0.5)


class Native:
    """A client that knows one provider, the fake. `ask` names its models by their faults."""

    def __init__(self, provider: str, upstream: NativeFake, **options: Any) -> None:
        self.ledger = RecordingLedger()
        self.provider = provider
        here = Connection(api_key=SecretStr(KEY), base_url=upstream.base_url)
        usual: dict[str, Any] = {
            "timeouts": PATIENT,
            "retry": RetryPolicy(retries=0),
            "ledger": self.ledger,
        }
        self.client: LLMClient = build_client({provider: here}, **(usual | options))

    def ask(self, model: str = "ok", **fields: Any) -> ModelRequest:
        return ask(ModelRef(self.provider, model), **fields)

    async def events(self, model: str = "ok", **fields: Any) -> list[ModelEvent]:
        return [event async for event in self.client.stream(self.ask(model, **fields))]

    async def failure(self, model: str, **fields: Any) -> LLMError:
        """The one reason why `model` didn't answer."""
        with pytest.raises(ChainExhausted) as raised:
            await self.client.complete(self.ask(model, **fields))
        assert len(raised.value.attempts) == 1
        return raised.value.cause


@asynccontextmanager
async def native(provider: str, upstream: NativeFake, **options: Any) -> AsyncIterator[Native]:
    connected = Native(provider, upstream, **options)
    try:
        yield connected
    finally:
        await connected.client.aclose()
