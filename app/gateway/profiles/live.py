"""Keeps the profiles in memory the newest, in every process."""

import asyncio
from collections.abc import Iterable

import structlog

from app.db import DATABASE_ERRORS, EVERY_TENANT, Database, Notifications, UnitOfWork
from app.gateway.profiles.models import ProfileRow
from app.gateway.profiles.repository import ProfileRows
from app.kit.clock import Clock
from app.llm import LiveProfiles, Profile, Profiles

log = structlog.get_logger()

_TOPIC = "profiles"
_PAUSE = 1.0


class ProfileFeed:
    """Puts what the table says into `live`, at the start and whenever somebody changed it."""

    def __init__(
        self, database: Database, notifications: Notifications, live: LiveProfiles, clock: Clock
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._clock = clock
        self._loading = asyncio.Lock()
        self.live = live

    async def load(self) -> None:
        """Raises when the database is away."""
        async with self._loading, self._database.read(EVERY_TENANT) as unit:
            self.live.current = _profiles(await ProfileRows(unit).all())

    async def announce(self, unit: UnitOfWork) -> None:
        """Has every process load anew once `unit` is committed."""
        await self._notifications.publish(unit, _TOPIC, int(self._clock().timestamp()))

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
                    log.warning("profiles.not_loaded", error=type(error).__name__)
                    changed.set()
                    await asyncio.sleep(_PAUSE)


def _profiles(rows: Iterable[ProfileRow]) -> Profiles:
    by_tenant: dict[str, dict[str, Profile]] = {}
    for row in rows:
        by_tenant.setdefault(row.tenant_id, {})[row.name] = Profile.of(row.name, row.fields)
    everyones = by_tenant.pop(EVERY_TENANT, {})
    return Profiles(everyones, by_tenant)
