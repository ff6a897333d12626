from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.db import Address, Database
from app.gateway.calls.models import LedgerRow
from app.kit.ids import new_id
from app.llm import Attempt, CallContext, CallStatus, LedgerEntry, ModelRef, Task, Usage
from tests.fakes.postgres_proxy import PostgresProxy

HAIKU = ModelRef("openrouter", "anthropic/claude-haiku:free")

ReadRows = Callable[[], Awaitable[dict[UUID, LedgerRow]]]
"""`await rows()`: what the table holds, by id."""


def entry(**fields: Any) -> LedgerEntry:
    values: dict[str, Any] = {
        "id": new_id(),
        "task": Task.SELLER_TURN,
        "context": CallContext("default", run_id=new_id()),
        "asked": HAIKU,
        "used": HAIKU,
        "status": CallStatus.OK,
        "error": None,
        "attempts": (Attempt(HAIKU, None, None, 120, 80),),
        "usage": Usage(100, 20, 5, 7),
        "cost": Decimal("0.000000123456789"),
        "estimated": False,
        "latency_ms": 130,
        "first_token_ms": 90,
        "created_at": datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC),
    }
    return LedgerEntry(**(values | fields))


def entries(count: int) -> list[LedgerEntry]:
    return [entry() for _ in range(count)]


@pytest.fixture
async def proxy(address: Address) -> AsyncIterator[PostgresProxy]:
    async with PostgresProxy(address) as running:
        yield running


@pytest.fixture
async def far_database(database: Database, proxy: PostgresProxy) -> AsyncIterator[Database]:
    """The database, by way of the proxy."""
    opened = Database(proxy.address)
    yield opened
    await opened.aclose()


@pytest.fixture
def rows(database: Database) -> ReadRows:
    async def read() -> dict[UUID, LedgerRow]:
        async with database.read("default") as unit:
            return {row.id: row for row in await unit.session.scalars(select(LedgerRow))}

    return read
