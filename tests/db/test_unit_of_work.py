"""A transaction, and what waits for its commit."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.db import Database, UnitOfWork

_INSERT = text("INSERT INTO tenants (id, created_at) VALUES (:id, now())")


@pytest.fixture
def tenant_id() -> str:
    return f"t-{uuid4()}"


async def exists(database: Database, tenant_id: str) -> bool:
    async with database.read("default") as unit:
        query = text("SELECT 1 FROM tenants WHERE id = :id")
        return (await unit.session.execute(query, {"id": tenant_id})).scalar() is not None


async def test_it_commits_at_its_end(database: Database, tenant_id: str) -> None:
    async with database.begin("default") as unit:
        await unit.session.execute(_INSERT, {"id": tenant_id})
        assert not await exists(database, tenant_id)
    assert await exists(database, tenant_id)
    async with database.begin("default") as unit:
        await unit.session.execute(text("DELETE FROM tenants WHERE id = :id"), {"id": tenant_id})


async def test_it_keeps_nothing_of_what_failed(database: Database, tenant_id: str) -> None:
    calls: list[str] = []

    async def fail() -> None:
        async with database.begin("default") as unit:
            unit.after_commit(lambda: calls.append("told"))
            await unit.session.execute(_INSERT, {"id": tenant_id})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert not await exists(database, tenant_id)
    assert calls == []


async def test_nothing_is_told_when_the_commit_itself_fails(
    database: Database, tenant_id: str
) -> None:
    calls: list[str] = []

    async def commit_what_is_deferred() -> None:
        async with database.begin("default") as unit:
            unit.after_commit(lambda: calls.append("told"))
            for statement in (
                "CREATE TEMPORARY TABLE once (id int UNIQUE DEFERRABLE INITIALLY DEFERRED) "
                "ON COMMIT DROP",
                "INSERT INTO once VALUES (1), (1)",
            ):
                await unit.session.execute(text(statement))

    with pytest.raises(IntegrityError):
        await commit_what_is_deferred()
    assert calls == []


async def test_what_waits_is_called_in_order_and_after_the_commit(
    database: Database, tenant_id: str
) -> None:
    calls: list[str] = []
    async with database.begin("default") as unit:
        unit.after_commit(lambda: calls.append("first"))
        unit.after_commit(lambda: calls.append("second"))
        assert calls == []
    assert calls == ["first", "second"]


async def test_it_knows_its_tenant_and_its_connection(database: Database) -> None:
    async with database.begin("acme") as unit:
        assert unit.tenant_id == "acme"
        assert await _backend(unit) == (await unit.psycopg()).info.backend_pid


async def _backend(unit: UnitOfWork) -> int:
    found = await unit.session.execute(text("SELECT pg_backend_pid()"))
    return int(found.scalar_one())
