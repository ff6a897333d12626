"""A PostgreSQL that can go away, hang and come back, by way of a proxy before a real one."""

import asyncio
from contextlib import suppress
from typing import Self

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from app.db import Address


class PostgresProxy:
    """`async with PostgresProxy(address) as proxy:` listens at `proxy.address` until the block
    ends."""

    def __init__(self, behind: Address) -> None:
        self._behind = behind
        self._away = False
        self._passing = asyncio.Event()
        self._passing.set()
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def address(self) -> Address:
        port = self._server.sockets[0].getsockname()[1]
        url = make_url(self._behind.libpq).set(host="127.0.0.1", port=port, query={})
        return Address(url.render_as_string(hide_password=False))

    def go_away(self) -> None:
        """Breaks every connection, and lets none be made."""
        self._away = True
        for writer in self._connections.values():
            writer.transport.abort()

    def hang(self) -> None:
        """Connections stay and are taken, and nothing passes."""
        self._passing.clear()

    def come_back(self) -> None:
        self._away = False
        self._passing.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._server.close()
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._away:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(lambda done: self._connections.pop(done).transport.abort())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await self._open()
        pumps = {
            asyncio.create_task(self._pump(reader, their_writer)),
            asyncio.create_task(self._pump(their_reader, writer)),
        }
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            their_writer.transport.abort()
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        told = conninfo_to_dict(self._behind.libpq)
        host, port = str(told["host"]), int(told.get("port") or 5432)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                await self._passing.wait()
                target.write(data)
                await target.drain()
