"""One transaction, one tenant: what repositories work on and services open."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.statements import Statements

EVERY_TENANT = "*"
"""The tenant of a unit of work that keeps house for all."""


class UnitOfWork:
    """Has two faces: `session` for what SQLAlchemy asks, `psycopg()` for what goes straight to the
    driver. Each is taken when it is first asked for, and given back at the end of `ending`.

    In a transaction both are one connection; so a session has to be asked for before the driver.
    """

    def __init__(
        self,
        tenant_id: str,
        sessions: Callable[[], AsyncSession],
        statements: Statements,
        ending: AsyncExitStack,
        *,
        transaction: bool,
    ) -> None:
        self._tenant_id = tenant_id
        self._sessions = sessions
        self._statements = statements
        self._ending = ending
        self._transaction = transaction
        self._session: AsyncSession | None = None
        self._connection: AsyncConnection | None = None
        self._afterwards: list[Callable[[], None]] = []

    @property
    def tenant_id(self) -> str:
        return self._tenant_id

    @property
    def session(self) -> AsyncSession:
        if self._session is None:
            if self._transaction and self._connection is not None:
                raise RuntimeError("ask for the session before the driver's own connection")
            self._session = self._sessions()
            self._ending.push_async_exit(self._end_session)
        return self._session

    async def psycopg(self) -> AsyncConnection:
        """The driver's own connection: the job engine inserts on it, and `Query` asks on it."""
        if self._transaction and self._session is not None:
            return await _driver_of(self._session)
        if self._connection is None:
            self._connection = await self._statements.acquire()
            self._ending.push_async_callback(self._statements.release, self._connection)
            if self._transaction:
                await self._ending.enter_async_context(self._connection.transaction())
        return self._connection

    async def _end_session(self, _type: object, error: BaseException | None, _: object) -> None:
        if self._session is None:
            return
        async with self._session as session:
            if self._transaction and error is None:
                await session.commit()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Has `call` made once the transaction has been committed; never if it isn't."""
        self._afterwards.append(call)

    def committed(self) -> None:
        for call in self._afterwards:
            call()


async def _driver_of(session: AsyncSession) -> AsyncConnection:
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, AsyncConnection):
        raise TypeError(f"expected a psycopg connection, found {type(driver).__name__}")
    return driver
