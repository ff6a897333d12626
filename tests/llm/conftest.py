from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from app.llm import (
    PROVIDERS,
    CallContext,
    Connection,
    LedgerEntry,
    LLMClient,
    Message,
    ModelRef,
    ModelRequest,
    RetryPolicy,
    Role,
    Task,
    Timeouts,
    build_client,
)
from tests.fakes.openai_wire import FakeOpenAI

KEY = "sk-canary-4f1c9b2e"

Connect = Callable[..., LLMClient]
"""`connect(**build_client_options)`: a client of the `upstream` fixture as `lm_studio`."""


class RecordingLedger:
    def __init__(self) -> None:
        self.entries: list[LedgerEntry] = []

    def record(self, entry: LedgerEntry) -> None:
        self.entries.append(entry)

    @property
    def only(self) -> LedgerEntry:
        (entry,) = self.entries
        return entry


class Naps:
    """Sleeps in no time and remembers for how long."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def ask(model: str | ModelRef | None = "ok", **fields: Any) -> ModelRequest:
    """A request to the model of that name at the fake, for which its faults are named too."""
    ref = ModelRef("lm_studio", model) if isinstance(model, str) else model
    request: dict[str, Any] = {
        "task": Task.BUYER_TURN,
        "messages": (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Say hello.")),
        "context": CallContext("default"),
        "model": ref,
    }
    return ModelRequest(**(request | fields))


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def ledger() -> RecordingLedger:
    return RecordingLedger()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
async def connect(
    upstream: FakeOpenAI, ledger: RecordingLedger, naps: Naps
) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as clients:

        def connect(**options: Any) -> LLMClient:
            here = Connection(api_key=SecretStr(KEY), base_url=upstream.base_url)
            defaults: dict[str, Any] = {
                "ledger": ledger,
                "sleep": naps,
                "timeouts": Timeouts(connect=5, first_token=10, idle=10, total=20),
                "retry": RetryPolicy(retries=0),
            }
            client = build_client({"lm_studio": here}, **(defaults | options))
            clients.push_async_callback(client.aclose)
            return client

        yield connect


@pytest.fixture
def client(connect: Connect) -> LLMClient:
    return connect()


@pytest.fixture
async def connect_all(upstream: FakeOpenAI) -> AsyncIterator[LLMClient]:
    """Every provider of the registry, all of them the fake."""
    here = Connection(api_key=SecretStr(KEY), base_url=upstream.base_url)
    client = build_client(dict.fromkeys(PROVIDERS, here), retry=RetryPolicy(retries=0))
    yield client
    await client.aclose()
