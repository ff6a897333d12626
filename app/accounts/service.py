"""Who a request comes from. Until people can sign in, it says so itself."""

from app.accounts.fields import SHOULD, is_tenant_name
from app.accounts.models import DEFAULT_TENANT
from app.accounts.repository import TenantRepository
from app.db import Database
from app.errors import FieldIssue, InvalidInput
from app.kit.clock import Clock

_MOST_REMEMBERED = 10_000


class TenantInvalid(InvalidInput):
    """The header `X-Tenant-Id` holds something that can't be a tenant's name."""

    def __init__(self, name: str) -> None:
        issue = f"{SHOULD}; it is {name[:80]!a}"
        super().__init__(f"X-Tenant-Id {issue}", details=(FieldIssue("X-Tenant-Id", issue),))


class Tenants:
    """Takes callers in under the name they give; a new name makes a new tenant."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known = {DEFAULT_TENANT}

    async def admit(self, name: str | None) -> str:
        """The id of the tenant called `name`, of the default one without a name.

        Raises `TenantInvalid`. Asks the database only about a name that this process never saw.
        """
        if not name:
            return DEFAULT_TENANT
        if name not in self._known:
            await self._add(name)
        return name

    async def _add(self, name: str) -> None:
        if not is_tenant_name(name):
            raise TenantInvalid(name)
        async with self._database.begin(name) as unit:
            await TenantRepository(unit).add(name, created_at=self._clock())
        if len(self._known) >= _MOST_REMEMBERED:
            self._known = {DEFAULT_TENANT}
        self._known.add(name)
