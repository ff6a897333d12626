"""The outbox and its delivery, before a Galileo on loopback, with little patience."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

import pytest
from pydantic import SecretStr

from app.db import Database
from app.gateway import ToldRun, TraceOptions, Tracing, WriterOptions, open_tracing
from app.gateway.traces.delivery.backlog import DeliveryOptions
from app.kit.clock import utc_now
from app.kit.ids import new_id
from app.llm import (
    CallContext,
    Message,
    ModelEvent,
    ModelRequest,
    Role,
    Task,
    TextDelta,
    TracedCall,
    Turn,
)
from app.telemetry import GalileoOptions
from tests.fakes.galileo import FakeGalileo
from tests.gateway.conftest import entry

PATIENCE_SECONDS = 30.0


class NoRuns:
    """Runs that are all gone."""

    async def told(self, _tenant_id: str, _run_id: UUID) -> ToldRun | None:
        return None


class Trace(Protocol):
    """`async with trace() as tracing`: traces with these options of delivery, else at once."""

    def __call__(
        self, *, redact_limits: bool = True, settle: float = 0.0, **options: float
    ) -> AbstractAsyncContextManager[Tracing]: ...


@pytest.fixture
async def galileo() -> AsyncIterator[FakeGalileo]:
    async with FakeGalileo() as fake:
        yield fake


@pytest.fixture
def trace(database: Database, galileo: FakeGalileo) -> Trace:
    def opened(
        *, redact_limits: bool = True, settle: float = 0.0, **options: float
    ) -> AbstractAsyncContextManager[Tracing]:
        quick: dict[str, Any] = {"interval": 0.02, "longest_pause": 0.05, "housekeeping": 0.0}
        return open_tracing(
            TraceOptions(
                GalileoOptions(SecretStr(galileo.key), galileo.url, "parley", "tests", timeout=0.5),
                redact_limits=redact_limits,
                settle=settle,
                delivery=DeliveryOptions(**quick | options),
                writer=WriterOptions(1000, 20, interval=0.01),
            ),
            database=database,
            runs=NoRuns(),
            clock=utc_now,
        )

    return opened


def context(**fields: Any) -> CallContext:
    """Of an answer in a conversation of its own."""
    whose: dict[str, Any] = {"conversation_id": new_id(), "turn": Turn(message_id=new_id())}
    return CallContext("default", **whose | fields)


def call(
    of: CallContext | None = None,
    *messages: Message,
    heard: tuple[ModelEvent, ...] = (TextDelta("Hello."),),
    **fields: Any,
) -> TracedCall:
    asked = messages or (Message(Role.USER, "How are you?"),)
    whose = of or context()
    made = entry(id=new_id(), context=whose, task=Task.CHAT, created_at=utc_now(), **fields)
    return TracedCall(made, ModelRequest(Task.CHAT, asked, whose), "stop", heard, None)


def record(tracing: Tracing, *calls: TracedCall) -> None:
    assert tracing.outbox is not None
    for each in calls:
        tracing.outbox.record(each)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():
            await asyncio.sleep(0.01)
