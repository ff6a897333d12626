"""Hosts in the test's own loop, on a real database: each thinks that it is a process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import pytest

from app.chat.generations import GenerationLogs, open_generations
from app.db import Address, Database, Notifications
from app.kit.clock import utc_now
from app.kit.owned import owned


class OpenHost(Protocol):
    """`async with open_host() as logs`; `beat` and `stalled` in seconds."""

    def __call__(
        self,
        *,
        beat: float = 60,
        stalled: float = 120,
        patience: float = 5,
        address: Address | None = None,
    ) -> AbstractAsyncContextManager[GenerationLogs]: ...


@pytest.fixture
def open_host(clean_address: Address) -> OpenHost:
    @asynccontextmanager
    async def opened(
        *,
        beat: float = 60,
        stalled: float = 120,
        patience: float = 5,
        address: Address | None = None,
    ) -> AsyncIterator[GenerationLogs]:
        database = Database(address or clean_address)
        notifications = Notifications(address or clean_address)
        try:
            async with (
                owned("notifications", notifications.listen),
                open_generations(
                    database,
                    notifications,
                    utc_now,
                    heartbeat_interval=beat,
                    stalled_after=stalled,
                    patience=patience,
                ) as logs,
            ):
                await asyncio.sleep(0)
                yield logs
        finally:
            await database.aclose()

    return opened


@pytest.fixture
async def logs(open_host: OpenHost) -> AsyncIterator[GenerationLogs]:
    async with open_host() as opened:
        yield opened
