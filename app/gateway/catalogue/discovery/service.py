"""Asks every provider what it offers, and corrects the catalogue by it."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from dataclasses import replace
from datetime import datetime

import structlog

from app.db import EVERY_TENANT, Database
from app.gateway.catalogue.discovery.difference import Difference
from app.gateway.catalogue.discovery.report import DiscoveryReport, Outcome
from app.gateway.catalogue.discovery.repository import Flight, Listings
from app.gateway.catalogue.live import CatalogueFeed
from app.kit.clock import Clock
from app.kit.deadline import within
from app.llm import Listing, LLMClient, LLMError, Offer, completed, seed

log = structlog.get_logger()

_ASK_SECONDS = 10.0
_CLOSING_SECONDS = 1.0
"""For what is cancelled to let go of its connections; a database that hangs isn't waited for."""

Progress = Callable[[str, int, int], None]
"""Is told what was done last, and how many steps of how many are."""


class Discovery:
    """While one is under way, here or in another process, all who ask wait for that one."""

    def __init__(
        self, database: Database, client: LLMClient, feed: CatalogueFeed, clock: Clock
    ) -> None:
        self._database = database
        self._client = client
        self._feed = feed
        self._clock = clock
        self._seed = {facts.ref: facts for facts in seed()}
        self._under_way: asyncio.Task[DiscoveryReport] | None = None

    @property
    def providers(self) -> tuple[str, ...]:
        """Who is asked."""
        return self._client.configured()

    @property
    def under_way(self) -> bool:
        """Whether they are being asked, by this process."""
        return self._under_way is not None

    async def run(self, progress: Progress | None = None) -> DiscoveryReport:
        """Takes seconds, whatever the providers do. Raises when the database is away."""
        return await asyncio.shield(self.begin(progress))

    def begin(self, progress: Progress | None = None) -> asyncio.Task[DiscoveryReport]:
        """Whoever only waits for it for a while has it go on: shield it."""
        if self._under_way is None:
            # In a context of its own: it belongs to none of those who wait.
            self._under_way = asyncio.create_task(self._fly(progress), context=Context())
            self._under_way.add_done_callback(self._landed)
        return self._under_way

    async def aclose(self) -> None:
        if self._under_way is not None:
            self._under_way.cancel()
            await asyncio.wait({self._under_way}, timeout=_CLOSING_SECONDS)

    def _landed(self, flight: asyncio.Task[DiscoveryReport]) -> None:
        self._under_way = None
        if not flight.cancelled():
            flight.exception()  # those who wait are told it; perhaps nobody does any more

    async def _fly(self, progress: Progress | None) -> DiscoveryReport:
        wanted_at = self._clock()
        async with self._database.begin(EVERY_TENANT) as unit:
            first = await Flight(unit).board()
            outcomes = None if first else await self._since(wanted_at)
            if outcomes is None:
                outcomes = await self._ask_all(progress)
        await self._feed.load()
        async with self._database.read(EVERY_TENANT) as unit:
            return DiscoveryReport(await Listings(unit).totals(), outcomes)

    async def _since(self, moment: datetime) -> tuple[Outcome, ...] | None:
        """What another process has found out after `moment`, if it asked all of our providers."""
        providers = self._client.configured()
        async with self._database.read(EVERY_TENANT) as unit:
            outcomes = await Listings(unit).outcomes(providers)
        fresh = [outcome for outcome in outcomes if outcome.at >= moment]
        return outcomes if len(fresh) == len(providers) else None

    async def _ask_all(self, progress: Progress | None) -> tuple[Outcome, ...]:
        providers = self._client.configured()
        outcomes = []
        asked = [asyncio.create_task(self._ask(provider)) for provider in providers]
        try:
            for done in asyncio.as_completed(asked):
                outcomes.append(await done)
                if progress is not None:
                    progress(outcomes[-1].provider, len(outcomes), len(providers))
        finally:
            for task in asked:
                task.cancel()
            if asked:
                await asyncio.wait(asked, timeout=_CLOSING_SECONDS)
        return tuple(sorted(outcomes, key=lambda outcome: providers.index(outcome.provider)))

    async def _ask(self, provider: str) -> Outcome:
        listing, error = await self._listing(provider)
        async with self._database.begin(EVERY_TENANT) as unit:
            listings = Listings(unit)
            if listing is None:
                outcome = Outcome(provider, self._clock(), error=error)
            else:
                outcome = await self._correct(listings, provider, listing)
                await self._feed.announce(unit)
            await listings.note(outcome)
        log.info("catalogue.asked", provider=provider, listed=outcome.listed, error=outcome.error)
        return outcome

    async def _listing(self, provider: str) -> tuple[Listing | None, str | None]:
        """What it lists, or why that can't be used."""
        try:
            listing = await within(_ASK_SECONDS, self._client.offers(provider))
        except LLMError as error:
            return None, error.message
        except TimeoutError:
            return None, f"no answer within {_ASK_SECONDS:g} s"
        except Exception:
            log.exception("catalogue.listing_failed", provider=provider)
            return None, "it can't be asked; the log says why"
        if not listing.offers:
            return None, f"it lists no models ({listing.skipped} rows couldn't be read)"
        return listing, None

    async def _correct(self, listings: Listings, provider: str, listing: Listing) -> Outcome:
        now = self._clock()
        offers = [self._completed(offer) for offer in listing.offers]
        known = await listings.known(provider)
        difference = Difference.of(known, tuple(offer.facts for offer in offers))
        await listings.write(provider, offers, difference, now)
        return Outcome(
            provider,
            now,
            listed=len(offers),
            skipped=listing.skipped,
            added=len(difference.added),
            retired=len(difference.retired),
            returned=len(difference.returned),
            repriced=len(difference.repriced.keys() - difference.added),
        )

    def _completed(self, offer: Offer) -> Offer:
        facts = completed(offer.facts, self._seed.get(offer.facts.ref))
        return replace(offer, facts=replace(facts, source="discovery"))
