"""Keeps the profiles in memory the newest, in every process."""

from collections.abc import Iterable

from app.db import EVERY_TENANT, Database, Notifications
from app.gateway.feed import Feed
from app.gateway.profiles.models import ProfileRow
from app.gateway.profiles.repository import ProfileRows
from app.kit.clock import Clock
from app.llm import LiveProfiles, Profile, Profiles


class ProfileFeed(Feed):
    """Puts what the table says into `live`, at the start and whenever somebody changed it."""

    topic = "profiles"

    def __init__(
        self, database: Database, notifications: Notifications, live: LiveProfiles, clock: Clock
    ) -> None:
        super().__init__(database, notifications, clock)
        self.live = live

    async def load(self) -> None:
        """Raises when the database is away."""
        async with self._loading, self._database.read(EVERY_TENANT) as unit:
            self.live.current = _profiles(await ProfileRows(unit).all())


def _profiles(rows: Iterable[ProfileRow]) -> Profiles:
    by_tenant: dict[str, dict[str, Profile]] = {}
    for row in rows:
        by_tenant.setdefault(row.tenant_id, {})[row.name] = Profile.of(row.name, row.fields)
    everyones = by_tenant.pop(EVERY_TENANT, {})
    return Profiles(everyones, by_tenant)
