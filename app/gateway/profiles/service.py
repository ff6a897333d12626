"""Shows profiles, and changes them for a tenant or for everyone."""

from enum import StrEnum
from typing import Any

from app.db import EVERY_TENANT, Database
from app.gateway.profiles.errors import ProfileNotFound, TooManyProfiles
from app.gateway.profiles.live import ProfileFeed
from app.gateway.profiles.repository import ProfileRows
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.llm import Profile, Profiles

_MOST = 200


class Scope(StrEnum):
    """For whom a profile is changed."""

    TENANT = "tenant"
    EVERYONE = "everyone"


class Origin(StrEnum):
    """Where the profile that counts is from: a tenant's own comes before everyone's, and that
    before the shipped one."""

    SHIPPED = "shipped"
    EVERYONE = "everyone"
    TENANT = "tenant"


@frozen
class Seen:
    """A profile as a tenant sees it."""

    profile: Profile
    origin: Origin


class ProfileBook:
    """A change counts for the next call in this process, and within moments in the others."""

    def __init__(self, database: Database, feed: ProfileFeed, clock: Clock) -> None:
        self._database = database
        self._feed = feed
        self._clock = clock

    @property
    def _current(self) -> Profiles:
        return self._feed.live.current

    def all(self, tenant_id: str) -> list[Seen]:
        """Those that the tenant sees, by name."""
        found = self._current.all(tenant_id)
        return [Seen(found[name], self._origin(tenant_id, name)) for name in sorted(found)]

    def find(self, tenant_id: str, name: str) -> Seen | None:
        profile = self._current.find(name, tenant_id)
        return Seen(profile, self._origin(tenant_id, name)) if profile else None

    def show(self, tenant_id: str, name: str) -> Seen:
        """Raises `ProfileNotFound`."""
        seen = self.find(tenant_id, name)
        if seen is None:
            known = ", ".join(self._current.all(tenant_id))
            raise ProfileNotFound(f"there is no profile '{name}'; there are {known}")
        return seen

    async def put(self, tenant_id: str, name: str, fields: dict[str, Any], scope: Scope) -> Seen:
        """Stores a profile of that name, new or not. Raises `TooManyProfiles`."""
        owner = _owner(tenant_id, scope)
        async with self._database.begin(owner) as unit:
            rows = ProfileRows(unit)
            if await rows.others(owner, name) >= _MOST:
                raise TooManyProfiles(f"there are {_MOST} profiles already; delete one first")
            await rows.put(owner, name, fields, self._clock())
            await self._feed.announce(unit)
        await self._feed.load()
        return self.show(tenant_id, name)

    async def remove(self, tenant_id: str, name: str, scope: Scope) -> Seen | None:
        """Takes a change back; returns what counts from now on, None when there is nothing left of
        that name. Raises `ProfileNotFound` when it wasn't changed."""
        owner = _owner(tenant_id, scope)
        async with self._database.begin(owner) as unit:
            if not await ProfileRows(unit).remove(owner, name):
                whose = "for everyone" if scope is Scope.EVERYONE else f"of tenant '{tenant_id}'"
                raise ProfileNotFound(f"there is no profile '{name}' {whose} to take back")
            await self._feed.announce(unit)
        await self._feed.load()
        return self.find(tenant_id, name)

    def _origin(self, tenant_id: str, name: str) -> Origin:
        if name in self._current.of_tenants.get(tenant_id, {}):
            return Origin.TENANT
        return Origin.EVERYONE if name in self._current.everyones else Origin.SHIPPED


def _owner(tenant_id: str, scope: Scope) -> str:
    return EVERY_TENANT if scope is Scope.EVERYONE else tenant_id
