"""The connection to PostgreSQL, and units of work on it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Self

import orjson
import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from app.db.statements import Statements
from app.db.unit_of_work import UnitOfWork
from app.kit.frozen import frozen

DATABASE_ERRORS = (SQLAlchemyError, psycopg.Error)
"""Everything that a unit of work raises when the database refuses, or is away."""

_SOON_NOTICED = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""A server that vanished without a word is given up after some twenty seconds; by itself the
system waits for hours. In libpq's own parameters, so that an address may say otherwise."""


@frozen
class Address:
    """Where the database is, in the two spellings that its users want."""

    libpq: str
    """`postgresql://…`, for psycopg itself and the job engine."""

    @property
    def sqlalchemy(self) -> str:
        url = make_url(self.libpq).set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    @property
    def public(self) -> str:
        """Scheme, host and port: no path, user or password. For people to read."""
        url = make_url(self.libpq)
        port = f":{url.port}" if url.port else ""
        return f"postgresql://{url.host or 'embedded'}{port}"

    @classmethod
    def of(cls, url: str) -> Self:
        parsed = make_url(url).set(drivername="postgresql")
        parsed = parsed.update_query_dict({**_SOON_NOTICED, **parsed.query})
        head, mark, query = parsed.render_as_string(hide_password=False).partition("?")
        # libpq knows a space only by its number
        return cls(head.replace(" ", "%20") + mark + query.replace("+", "%20"))


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


class Database:
    """Opens units of work. One per process; `aclose` gives its connections back."""

    def __init__(self, address: Address, *, pool_size: int = 10) -> None:
        self.address = address
        self.engine: AsyncEngine = create_async_engine(
            address.sqlalchemy,
            pool_size=pool_size,
            max_overflow=0,  # a connection beyond the pool would be opened for one use
            pool_timeout=10,
            hide_parameters=True,  # an error that quotes them would carry them into the log
            connect_args={"connect_timeout": 5, "application_name": "parley"},
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
        )
        self._statements = Statements(address.libpq, size=pool_size)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._autocommitting = async_sessionmaker(
            self.engine.execution_options(isolation_level="AUTOCOMMIT"),
            expire_on_commit=False,
            autoflush=False,
        )

    @asynccontextmanager
    async def begin(self, tenant_id: str) -> AsyncIterator[UnitOfWork]:
        """A transaction for one tenant: commits when the block ends, rolls back when it raises.

        What the unit of work was told to do after the commit is done then, and only then.
        """
        async with self._unit(tenant_id, self._sessions, transaction=True) as unit:
            yield unit
        unit.committed()

    @asynccontextmanager
    async def statement(self, tenant_id: str) -> AsyncIterator[UnitOfWork]:
        """A unit of work of one statement, which is a transaction by itself: for what is written
        often, since it saves the way to the database to begin and to commit."""
        async with self.read(tenant_id) as unit:
            yield unit
        unit.committed()

    @asynccontextmanager
    async def read(self, tenant_id: str) -> AsyncIterator[UnitOfWork]:
        """A unit of work that only reads, each query for itself: no transaction is begun."""
        async with self._unit(tenant_id, self._autocommitting, transaction=False) as unit:
            yield unit

    @asynccontextmanager
    async def _unit(
        self, tenant_id: str, sessions: Callable[[], AsyncSession], *, transaction: bool
    ) -> AsyncIterator[UnitOfWork]:
        async with AsyncExitStack() as ending:
            yield UnitOfWork(tenant_id, sessions, self._statements, ending, transaction=transaction)

    async def pool(self) -> AsyncConnectionPool[AsyncConnection]:
        """The driver's own pool, for the job engine to share."""
        return await self._statements.pool()

    async def check(self) -> str | None:
        """Asks the database for nothing; raises when it doesn't answer."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return None

    async def check_schema(self) -> str | None:
        """Whether the migrations were applied. A newer schema than this process's own will do: it
        is what an old process sees while new ones take over."""
        async with self.engine.connect() as connection:
            found = await connection.scalar(text("SELECT to_regclass('alembic_version')::text"))
        return None if found else "the schema isn't there; run `python -m app migrate`"

    async def aclose(self) -> None:
        await self._statements.aclose()
        await self.engine.dispose()
