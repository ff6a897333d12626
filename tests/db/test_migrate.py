"""The schema is brought up to date once, by whoever comes first, and is what the models say."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from app.db import Address, ensure_schema, migrate
from app.db.migrate import newest_revision
from app.tables import metadata
from tests.fixtures.database import new_database

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def bare(postgres: Address, worker_id: str) -> Iterator[Address]:
    """A database with nothing in it."""
    with new_database(postgres, f"bare_{worker_id}") as created:
        yield created


def _tenants(address: Address) -> list[Any]:
    with psycopg.connect(address.libpq) as connection:
        return connection.execute("SELECT id FROM tenants").fetchall()


async def test_threads_that_migrate_at_once_do_it_once(bare: Address) -> None:
    done = await asyncio.gather(*(asyncio.to_thread(migrate, bare) for _ in range(4)))
    heads = {after for _, after in done}
    assert len(heads) == 1
    assert sorted(before or "" for before, _ in done) == ["", *(heads.pop(),) * 3]
    assert _tenants(bare) == [("default",)]


def test_processes_that_migrate_at_once_do_it_once(bare: Address, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "migrate"]
    environment = {"DATABASE_URL": bare.libpq, "PYTHONPATH": str(ROOT), "PATH": ""}
    started = [
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=90)[0].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    assert sorted("it was at None" in text for text in said) == [False, True], said
    assert _tenants(bare) == [("default",)]


def test_a_second_time_changes_nothing(bare: Address) -> None:
    _, first = migrate(bare)
    assert migrate(bare) == (first, first)


def _ours(thing: Any, name: str | None, kind: str, *_rest: object) -> bool:
    """The job engine's tables are its own business."""
    table = name if kind == "table" else thing.table.name
    return not str(table).startswith("procrastinate_")


def test_the_models_are_what_the_migrations_built(address: Address) -> None:
    engine = create_engine(address.sqlalchemy)
    with engine.connect() as connection:
        options = {
            "include_object": _ours,
            "compare_type": True,
            "compare_server_default": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def _constraints(address: Address) -> set[tuple[str, str]]:
    query = """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
        WHERE contype IN ('c', 'u', 'p', 'f') AND conrelid::regclass::text = ANY(%s)
    """
    with psycopg.connect(address.libpq) as connection:
        rows = connection.execute(query, [list(metadata.tables)]).fetchall()
    return {(table, name) for table, name in rows}


def test_every_constraint_of_the_models_is_in_the_database(address: Address) -> None:
    """The comparison above doesn't look at checks."""
    dialect = create_engine(address.sqlalchemy).dialect
    named = {
        (table.name, dialect.identifier_preparer.format_constraint(constraint))
        for table in metadata.tables.values()
        for constraint in table.constraints
    }
    assert _constraints(address) == named


def test_a_process_that_starts_has_it_done_elsewhere(bare: Address) -> None:
    ensure_schema(bare)
    assert _tenants(bare) == [("default",)]
    assert migrate(bare) == (newest_revision(),) * 2


def test_a_process_that_finds_it_done_never_loads_the_tool(address: Address) -> None:
    program = (
        "import sys; from app.db import Address, ensure_schema; "
        "ensure_schema(Address(sys.argv[1])); sys.exit('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, address.libpq], cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == 0


def test_the_newest_revision_is_the_tools_own() -> None:
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    assert newest_revision() == scripts.get_current_head()
