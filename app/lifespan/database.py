"""Opens the database, which is started where it is embedded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.db import Address, Database, EmbeddedServer, ensure_schema
from app.settings import Settings


@asynccontextmanager
async def open_address(settings: Settings) -> AsyncIterator[Address]:
    """The database's address; of the embedded server, which is started, when none is set."""
    if settings.database_url is not None:
        yield Address.of(settings.database_url.get_secret_value())
        return
    server = EmbeddedServer(settings.data_dir)
    address = await asyncio.to_thread(server.start)
    try:
        yield address
    finally:
        await asyncio.to_thread(server.stop)


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
