"""A client of a room's stream that comes back whenever it is cut off, as a browser does."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import httpx

from tests.crash.processes import PATIENCE_SECONDS
from tests.functional.client import Event, Subscription, market_at

Where = Callable[[], str]


class Viewer:
    """Keeps what it drew in `events`. `where` tells the address to come back to."""

    def __init__(self, where: Where, room_id: str) -> None:
        self._where = where
        self._path = f"/api/v1/negotiation/{room_id}/stream"
        self._grown = asyncio.Condition()
        self.events: list[Event] = []
        self.visits = 0
        self.heartbeats = 0

    @property
    def ids(self) -> list[int]:
        return [event.id for event in self.events if event.id is not None]

    @property
    def over(self) -> bool:
        return bool(self.events) and self.events[-1].name == "negotiation_complete"

    async def follow(self) -> None:
        """Watches until the negotiation is over, wherever it is served meanwhile."""
        while not self.over:
            with suppress(httpx.HTTPError):
                await self._visit()
            if not self.over:
                await asyncio.sleep(0.05)  # a browser waits, too

    async def drawn(self, count: int) -> None:
        """Waits until so many of the log's events have been received."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._grown:
            await self._grown.wait_for(lambda: self.over or len(self.ids) >= count)

    async def _visit(self) -> None:
        headers = {"last-event-id": str(self.ids[-1])} if self.ids else {}
        async with (
            market_at(self._where()) as market,
            market.http.stream("GET", self._path, headers=headers) as response,
        ):
            if response.status_code != 200:
                return
            self.visits += 1
            subscription = Subscription(response)
            while (event := await subscription.next()) is not None:
                await self._draw(event)

    async def _draw(self, event: Event) -> None:
        if event.name == "heartbeat":
            self.heartbeats += 1
        if event.id is not None:
            async with self._grown:
                self.events.append(event)
                self._grown.notify_all()
