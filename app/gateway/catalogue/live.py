"""Keeps the catalogue in memory the newest, in every process."""

from app.db import EVERY_TENANT, Database, Notifications
from app.gateway.catalogue.repository import Models
from app.gateway.feed import Feed
from app.kit.clock import Clock
from app.llm import Catalogue, LiveCatalogue, ModelFacts


class CatalogueFeed(Feed):
    """Puts what the tables say into `live`, at the start and whenever somebody changed them."""

    topic = "catalogue"

    def __init__(
        self, database: Database, notifications: Notifications, live: LiveCatalogue, clock: Clock
    ) -> None:
        super().__init__(database, notifications, clock)
        self._live = live
        self.clock = clock

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
