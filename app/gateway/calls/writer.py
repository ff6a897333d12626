"""Keeps the ledger: takes entries at once, writes them in batches, and counts what it must drop."""

from collections.abc import Sequence

from app.db import EVERY_TENANT, Database
from app.gateway.batches import BatchWriter, WriterOptions
from app.gateway.budgets.repository import Spending
from app.gateway.calls.repository import Calls
from app.llm import LedgerEntry

__all__ = ["LedgerWriter", "WriterOptions"]


class LedgerWriter(BatchWriter[LedgerEntry]):
    """The core's `Ledger` on PostgreSQL. An entry that is written twice is one row."""

    def __init__(self, database: Database, options: WriterOptions | None = None) -> None:
        super().__init__("ledger", self._store, _id_of, options or WriterOptions())
        self._database = database

    def record(self, entry: LedgerEntry) -> None:
        if self.add(entry) and entry.reservation is not None:
            self.wake()  # what it didn't need is somebody else's to spend

    async def _store(self, batch: Sequence[LedgerEntry]) -> None:
        """With what it does to budgets: both are written, or neither."""
        async with self._database.begin(EVERY_TENANT) as unit:
            added = await Calls(unit).add(batch)
            spending = Spending(unit)
            await spending.settle(added)
            await spending.release([entry.reservation for entry in batch if entry.reservation])


def _id_of(entry: LedgerEntry) -> str:
    return str(entry.id)
