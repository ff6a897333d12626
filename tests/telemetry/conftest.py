"""The service with Sentry and a collector on loopback, and a vendor of models. One for a module."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator

import pytest
import pytest_asyncio
import structlog
from fastapi import Request
from structlog.typing import EventDict

from app.db import Address
from app.telemetry.reports import report_problems
from app.web import LiveResponse, Router, Streams
from tests.fakes.negotiating import negotiate
from tests.fakes.openai_wire import FakeOpenAI
from tests.fakes.otlp import FakeCollector
from tests.fakes.sentry import FakeSentry
from tests.fixtures.database import new_database
from tests.fixtures.service import Service, serving, settings_for

CANARY = "sk-canary-4711-never-leaves"

broken = Router(prefix="/broken")


@broken.post("/{name}")
async def bug(name: str, request: Request) -> None:
    raise RuntimeError(f"{name}: {await request.body()!r}")


@broken.get("/stream")
async def stream(streams: Streams) -> LiveResponse:
    async def frames() -> AsyncGenerator[bytes]:
        yield b"event: one\ndata: {}\n\n"
        raise RuntimeError("in mid-answer")

    return LiveResponse(streams, frames())


@pytest.fixture(scope="module")
def lines() -> Iterator[list[EventDict]]:
    """The log's lines, by the service's own way as far as reports are concerned."""
    found: list[EventDict] = []

    def keep(_logger: object, _method: str, event: EventDict) -> EventDict:
        found.append(dict(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            report_problems,
            keep,
        ]
    )
    yield found
    structlog.configure(**before)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sentry() -> AsyncIterator[FakeSentry]:
    async with FakeSentry() as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def collector() -> AsyncIterator[FakeCollector]:
    async with FakeCollector() as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def vendor() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(reply=negotiate) as fake:
        yield fake


@pytest.fixture(scope="module")
def address(postgres: Address, worker_id: str) -> Iterator[Address]:
    with new_database(postgres, f"telemetry_{worker_id}") as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(
    address: Address,
    sentry: FakeSentry,
    collector: FakeCollector,
    vendor: FakeOpenAI,
    lines: list[EventDict],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Service]:
    """The service, watched by both; `broken` is among its endpoints."""
    lines.clear()
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_for(
            address,
            tmp_path_factory.mktemp("telemetry"),
            patch,
            SENTRY_DSN=sentry.dsn,
            SENTRY_TRACES_SAMPLE_RATE="1",
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
            OPENAI_BASE_URL=vendor.base_url,
            OPENAI_API_KEY=CANARY,
            CUSTOM_GONE_BASE_URL="http://127.0.0.1:9/v1",
        )
    async with serving(settings, broken) as service:
        yield service
