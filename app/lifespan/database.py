"""Opens the database, which is started where it is embedded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from app.db import Address, Database, EmbeddedServer, EmbeddedServerFailed, ensure_schema
from app.kit.owned import owned
from app.settings import Settings

log = structlog.get_logger()

_LOOK_SECONDS = 1.0
_MOST_SECONDS = 30.0
"""Between two tries to start a server that doesn't come up."""


@asynccontextmanager
async def open_address(settings: Settings) -> AsyncIterator[Address]:
    """The database's address; of the embedded server, which is started, when none is set."""
    if settings.database_url is not None:
        yield Address.of(settings.database_url.get_secret_value())
        return
    server = EmbeddedServer(settings.data_dir)
    address = await asyncio.to_thread(server.start)
    try:
        async with owned("embedded-database", lambda: _keep_up(server)):
            yield address
    finally:
        await asyncio.to_thread(server.stop)


async def _keep_up(server: EmbeddedServer) -> None:
    """Starts the server again whenever it is gone: nobody else would."""
    pause = _LOOK_SECONDS
    while True:
        await asyncio.sleep(pause)
        try:
            revived = await asyncio.to_thread(server.revive)
        except EmbeddedServerFailed as error:
            pause = min(2 * pause, _MOST_SECONDS)
            log.warning("database.still_gone", reason=error.message, retry_in=pause)
        else:
            pause = _LOOK_SECONDS
            if revived:
                log.warning("database.started_again")


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """With the schema up to date."""
    async with open_address(settings) as address:
        await asyncio.to_thread(ensure_schema, address)
        database = Database(address, pool_size=settings.database_pool_size)
        try:
            yield database
        finally:
            await database.aclose()
