"""Connections for what goes straight to the driver, shared with the job engine.

Each statement is a transaction by itself, unless one is begun. What a negotiation reads and writes
at every turn goes this way: it costs a fifth of the same statement through a session.
"""

import time

import orjson
from psycopg import AsyncConnection
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

_WARY_SECONDS = 30.0


class Statements:
    """The pool; opened by its first use.

    After a connection was lost, those that are handed out are tried first for a while: one
    request sees the database's restart, not one per connection.
    """

    def __init__(self, conninfo: str, *, size: int, timeout: float = 5.0) -> None:
        self._lost_at = float("-inf")
        self._pool: AsyncConnectionPool[AsyncConnection] = AsyncConnectionPool(
            conninfo,
            min_size=1,
            max_size=size,
            timeout=timeout,
            reconnect_timeout=timeout,
            num_workers=1,
            open=False,
            configure=_configure,
            check=self._check,
            kwargs={"connect_timeout": 5, "application_name": "parley"},
        )

    async def acquire(self) -> AsyncConnection:
        """Raises `psycopg.OperationalError` when there is none to be had in time."""
        return await (await self.pool()).getconn()

    async def pool(self) -> AsyncConnectionPool[AsyncConnection]:
        await self._pool.open()
        return self._pool

    async def release(self, connection: AsyncConnection) -> None:
        if connection.broken or connection.closed:
            self._lost_at = time.monotonic()
        await self._pool.putconn(connection)

    async def aclose(self) -> None:
        await self._pool.close()

    async def _check(self, connection: AsyncConnection) -> None:
        if time.monotonic() - self._lost_at < _WARY_SECONDS:
            await AsyncConnectionPool.check_connection(connection)


async def _configure(connection: AsyncConnection) -> None:
    await connection.set_autocommit(True)
    set_json_loads(orjson.loads, connection)
    set_json_dumps(orjson.dumps, connection)
