"""One transaction, one tenant: what repositories work on and services open."""

from collections.abc import Callable

from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.statements import Statements

EVERY_TENANT = "*"
"""The tenant of a unit of work that keeps house for all."""


class UnitOfWork:
    """In a transaction, `session` and `psycopg()` are two faces of one connection. Outside of one,
    where every statement is its own, each is taken when it is first asked for."""

    def __init__(
        self,
        sessions: Callable[[], AsyncSession],
        tenant_id: str,
        statements: Statements | None = None,
    ) -> None:
        self._sessions = sessions
        self._tenant_id = tenant_id
        self._statements = statements
        self._session: AsyncSession | None = None
        self._connection: AsyncConnection | None = None
        self._afterwards: list[Callable[[], None]] = []

    @property
    def tenant_id(self) -> str:
        return self._tenant_id

    @property
    def session(self) -> AsyncSession:
        if self._session is None:
            self._session = self._sessions()
        return self._session

    async def psycopg(self) -> AsyncConnection:
        """The driver's own connection: the job engine inserts on it, and `Query` asks on it."""
        if self._statements is None:
            return await self._inside_transaction()
        if self._connection is None:
            self._connection = await self._statements.acquire()
        return self._connection

    async def _inside_transaction(self) -> AsyncConnection:
        connection = await self.session.connection()
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        if not isinstance(driver, AsyncConnection):
            raise TypeError(f"expected a psycopg connection, found {type(driver).__name__}")
        return driver

    def after_commit(self, call: Callable[[], None]) -> None:
        """Has `call` made once the transaction has been committed; never if it isn't."""
        self._afterwards.append(call)

    def committed(self) -> None:
        for call in self._afterwards:
            call()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self._connection is not None and self._statements is not None:
            await self._statements.release(self._connection)
