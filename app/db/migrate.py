"""Brings the schema up to date: one process at a time, all or nothing.

Alembic is imported where it is needed: it takes longer to load than all the rest of the database,
and a process that finds its schema up to date never needs it.
"""

import re
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from app.db.engine import Address

_ROOT = Path(__file__).parent.parent.parent
_LOCK = 0x7061726C6579
"""The key of the advisory lock ("parley" in ASCII): processes that start together queue here."""

_REVISION = re.compile(r'^(down_)?revision = "(\w+)"', re.MULTILINE)
_CONNECT_SECONDS = 10


def migrate(address: Address) -> tuple[str | None, str]:
    """Applies what is missing and returns the revision before and after. Blocks: run in a thread.

    Raises `sqlalchemy.exc.OperationalError` when the database can't be reached.
    """
    from alembic import command  # noqa: PLC0415  # see above
    from alembic.config import Config  # noqa: PLC0415  # see above

    head = newest_revision()
    config = Config(_ROOT / "alembic.ini")
    engine = create_engine(address.sqlalchemy, connect_args={"connect_timeout": _CONNECT_SECONDS})
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


def ensure_schema(address: Address) -> None:
    """Has the schema brought up to date, unless it is. Blocks, and raises, like `migrate`.

    In a process of its own: what migrating loads and leaves behind, some 30 MB, would stay in this
    one for as long as it lives.
    """
    if not _up_to_date(address):
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  # as rarely needed
        from multiprocessing import get_context  # noqa: PLC0415  # the same

        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
            elsewhere.submit(migrate, address).result()


def newest_revision() -> str:
    """The one that no other is built on, read from the files of the migrations."""
    built_on: dict[str, set[str]] = {"": set(), "down_": set()}
    for path in (_ROOT / "migrations" / "versions").glob("*.py"):
        for down, name in _REVISION.findall(path.read_text("utf-8")):
            built_on[down].add(name)
    (newest,) = built_on[""] - built_on["down_"]
    return newest


def _up_to_date(address: Address) -> bool:
    engine = create_engine(address.sqlalchemy, connect_args={"connect_timeout": _CONNECT_SECONDS})
    try:
        with engine.connect() as connection:
            return _revision(connection) == newest_revision()
    finally:
        engine.dispose()


def _revision(connection: Connection) -> str | None:
    if not connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
        return None
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if revision is None else str(revision)
