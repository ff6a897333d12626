"""Keeps the catalogue in memory the newest, in every process."""

import asyncio

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database, Notifications, UnitOfWork
from app.gateway.catalogue.repository import Models
from app.kit.clock import Clock
from app.llm import Catalogue, LiveCatalogue, ModelFacts

log = structlog.get_logger()

_TOPIC = "catalogue"
_PAUSE = 1.0


class CatalogueFeed:
    """Puts what the tables say into `live`, at the start and whenever somebody changed them."""

    def __init__(
        self, database: Database, notifications: Notifications, live: LiveCatalogue, clock: Clock
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._live = live
        self.clock = clock
        self._loading = asyncio.Lock()

    @property
    def catalogue(self) -> Catalogue:
        return self._live.current

    async def begin(self, seed: tuple[ModelFacts, ...]) -> None:
        """Adds what is missing of `seed`, and loads. Raises when the database is away."""
        async with self._database.begin(EVERY_TENANT) as unit:
            added = await Models(unit).add_missing(seed, self.clock())
            if added:
                await self.announce(unit)
        await self.load()

    async def load(self) -> None:
        async with self._loading, self._database.read(EVERY_TENANT) as unit:
            self._live.current = await Models(unit).all()

    async def announce(self, unit: UnitOfWork) -> None:
        """Has every process load anew once `unit` is committed."""
        await self._notifications.publish(unit, _TOPIC, int(self.clock().timestamp()))

    async def run(self) -> None:
        """Loads after every change, until cancelled."""
        changed = asyncio.Event()
        with self._notifications.waiting(_TOPIC, lambda _: changed.set()):
            while True:
                await changed.wait()
                changed.clear()
                try:
                    await self.load()
                except DATABASE_ERRORS as error:
                    log.warning("catalogue.not_loaded", error=type(error).__name__)
                    changed.set()
                    await asyncio.sleep(_PAUSE)
