"""Asks the providers when the service starts: the job that does so by the hour may be an hour off,
and until then nobody knows what a new installation, or a new key, has to offer."""

import asyncio
from datetime import timedelta

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database
from app.gateway.catalogue.discovery.repository import Listings
from app.gateway.catalogue.discovery.service import Discovery
from app.kit.clock import Clock

log = structlog.get_logger()

_FRESH = timedelta(hours=1)
"""As often as the job runs."""


class CatchingUp:
    """Processes that start at once ask once: they share a discovery, or find that it is done."""

    def __init__(self, database: Database, discovery: Discovery, clock: Clock) -> None:
        self._database = database
        self._discovery = discovery
        self._clock = clock

    async def run(self) -> None:
        """Asks where that is due, once: what fails is left to the job, and to who misses a model.
        Then it waits to be cancelled, since owned work that ends is begun again."""
        try:
            if await self.due():
                await self._discovery.run()
        except (*DATABASE_ERRORS, OSError) as error:
            log.warning("catalogue.not_caught_up", error=type(error).__name__)
        except Exception:
            log.exception("catalogue.not_caught_up")
        await asyncio.Event().wait()

    async def due(self) -> bool:
        """Whether any provider was never asked, not within the hour, or in vain."""
        providers = self._discovery.providers
        async with self._database.read(EVERY_TENANT) as unit:
            outcomes = await Listings(unit).outcomes(providers)
        since = self._clock() - _FRESH
        heard = [each for each in outcomes if each.error is None and each.at > since]
        return len(heard) < len(providers)
