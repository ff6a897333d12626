"""Reads the ledger, for one tenant at a time."""

from collections.abc import Sequence
from uuid import UUID

from app.db import Database
from app.gateway.calls.errors import CallNotFound
from app.gateway.calls.models import LedgerRow
from app.gateway.calls.repository import Calls
from app.gateway.calls.wanted import WantedCalls
from app.gateway.calls.writer import LedgerWriter
from app.kit.frozen import frozen


@frozen
class CallsPage:
    """`total` of all pages; the newest call first."""

    rows: Sequence[LedgerRow]
    total: int


@frozen
class Counts:
    """Of this process, since it started."""

    written: int
    queued: int
    lost: int


class CallReader:
    """What this process still has to write is waited for, for a moment: so a call that has ended
    can be read."""

    def __init__(self, database: Database, ledger: LedgerWriter) -> None:
        self._database = database
        self._ledger = ledger

    async def find(self, tenant_id: str, wanted: WantedCalls) -> CallsPage:
        await self._ledger.hurry()
        async with self._database.read(tenant_id) as unit:
            calls = Calls(unit)
            return CallsPage(await calls.find(wanted), await calls.count(wanted))

    async def get(self, tenant_id: str, call_id: UUID) -> LedgerRow:
        """Raises `CallNotFound`, about another tenant's too."""
        await self._ledger.hurry()
        async with self._database.read(tenant_id) as unit:
            row = await Calls(unit).get(call_id)
        if row is None:
            raise CallNotFound(call_id)
        return row

    def counts(self) -> Counts:
        ledger = self._ledger
        return Counts(written=ledger.written, queued=ledger.queued, lost=ledger.lost)
