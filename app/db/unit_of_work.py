"""One transaction, one tenant: what repositories work on and services open."""

from collections.abc import Callable

from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession


class UnitOfWork:
    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self.session = session
        self._tenant_id = tenant_id
        self._afterwards: list[Callable[[], None]] = []

    @property
    def tenant_id(self) -> str:
        return self._tenant_id

    def after_commit(self, call: Callable[[], None]) -> None:
        """Has `call` made once the transaction has been committed; never if it isn't."""
        self._afterwards.append(call)

    def committed(self) -> None:
        for call in self._afterwards:
            call()

    async def psycopg(self) -> AsyncConnection:
        """The driver's own connection, inside this transaction: the job engine inserts on it."""
        connection = await self.session.connection()
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        if not isinstance(driver, AsyncConnection):
            raise TypeError(f"expected a psycopg connection, found {type(driver).__name__}")
        return driver
