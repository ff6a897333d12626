"""Brings the schema up to date: one process at a time, all or nothing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from app.db.engine import Address

_ROOT = Path(__file__).parent.parent.parent
_LOCK = 0x7061726C6579
"""The key of the advisory lock ("parley" in ASCII): processes that start together queue here."""


def _config() -> Config:
    return Config(_ROOT / "alembic.ini")


def migrate(address: Address) -> tuple[str | None, str]:
    """Applies what is missing and returns the revision before and after. Blocks: run in a thread.

    Raises `sqlalchemy.exc.OperationalError` when the database can't be reached.
    """
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head() or ""
    engine = create_engine(address.sqlalchemy, connect_args={"connect_timeout": 10})
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            before = _revision(connection)
            if before != head:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    finally:
        engine.dispose()
    return before, head


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
